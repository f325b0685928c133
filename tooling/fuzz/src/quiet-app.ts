import { type LogLine, type Micro, type MicroOptions, micro } from '@micro/core'

/** An app without an environment, and the lines it logs. */
export interface QuietApp {
  readonly app: Micro
  readonly lines: readonly LogLine[]
}

/** Makes an app that reads nothing of this machine and keeps its log lines to itself. */
export function quietApp(options: MicroOptions = {}): QuietApp {
  const lines: LogLine[] = []
  const env = { MICRO_SECRET_KEY: 'a key for fuzzing alone, 32 characters and more', ...options.env }
  const app = micro(import.meta, { mode: 'test', logSink: (line) => lines.push(line), ...options, env })
  return { app, lines }
}
