import type { LogLevel, LogLine, LogSink } from './log.ts'

/** What was logged while a test ran. */
export interface CapturedLog {
  /** For the option `logSink`. */
  readonly sink: LogSink
  /** Every line, the oldest first. */
  readonly lines: readonly LogLine[]
  /** Messages of the lines of a level, or of all. */
  messages(level?: LogLevel): string[]
  clear(): void
}

/** Keeps log lines instead of writing them: `const log = captureLog(); createApp({ logSink: log.sink })`. */
export function captureLog(): CapturedLog {
  const lines: LogLine[] = []
  return {
    sink: (line) => {
      lines.push(line)
    },
    lines,
    messages: (level) => lines.filter((line) => level === undefined || line.level === level).map(({ message }) => message),
    clear: () => {
      lines.length = 0
    },
  }
}
