/** Levels of a log line, from chatty to grave. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** A level from which on lines are written. */
export type LogThreshold = LogLevel | 'silent'

const RANK: { readonly [L in LogThreshold]: number } = { debug: 10, info: 20, warn: 30, error: 40, silent: 100 }

/** Further members of a log line. */
export type LogFields = { readonly [name: string]: unknown }

/** A structured logger. `fields` may hold an error under `error`. */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A logger whose lines carry these fields too. `extension` decides its level where `config.log.levels` names it. */
  child(fields: LogFields): Log
}

/** One line, as a sink gets it. */
export interface LogLine {
  readonly level: LogLevel
  readonly time: Date
  readonly message: string
  /** As JSON can say them: secrets masked, errors as objects with their causes, what is too deep or too long cut. */
  readonly fields: LogFields
  /** The error as it was given under `error`, for sinks that report errors. Nothing of it is masked. */
  readonly error?: unknown
}

/** Where lines go. What it throws or rejects with is told on the console; nobody waits for it. */
export type LogSink = (line: LogLine) => unknown

/** What a logger is made of. */
export interface LogParts {
  /** Asked at each line: configuration may say another level once it is read. */
  readonly level: (fields: LogFields) => LogThreshold
  readonly sink: LogSink
  /** A plain copy of fields without secrets. */
  readonly plain: (fields: LogFields) => unknown
  /** A text without secrets. */
  readonly text: (text: string) => string
  /** Fields that hold where a line is written, such as the request's id. */
  readonly around?: () => LogFields | undefined
}

/** Makes a logger. */
export function createLog(parts: LogParts, fields: LogFields = {}): Log {
  const write = (level: LogLevel) => (message: string, more?: LogFields) => {
    if (RANK[level] < RANK[parts.level(fields)]) {
      return
    }
    // A log that fails must not fail the request that it tells of.
    const failed = (error: unknown): void => console.error(`${level} ${message} (the log failed: ${String(error)})`)
    try {
      const all = { ...parts.around?.(), ...joined(fields, more) }
      const line = { level, time: new Date(), message: parts.text(message), fields: parts.plain(all) as LogFields }
      const result = parts.sink(all.error === undefined ? line : { ...line, error: all.error })
      if (result instanceof Promise) {
        result.catch(failed)
      }
    } catch (error) {
      failed(error)
    }
  }
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (more) => createLog(parts, joined(fields, more)),
  }
}

/** The fields of a logger with those of a line. The id of a request stays what it is. */
function joined(fields: LogFields, more: LogFields | undefined): LogFields {
  const { requestId } = fields
  return { ...fields, ...more, ...(requestId === undefined ? {} : { requestId }) }
}
