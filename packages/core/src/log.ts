import type { Mode } from './mode.ts'

/** Levels of a log line, from chatty to grave. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

const RANK: { readonly [L in LogLevel | 'silent']: number } = { debug: 10, info: 20, warn: 30, error: 40, silent: 100 }

/** Further members of a log line. */
export type LogFields = { readonly [name: string]: unknown }

/** A structured logger. `fields` may hold an error under `error`. */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A logger whose lines carry these fields too. */
  child(fields: LogFields): Log
}

/** One line, as a sink gets it. */
export interface LogLine {
  readonly level: LogLevel
  readonly time: Date
  readonly message: string
  readonly fields: LogFields
}

/** Where lines go. */
export type LogSink = (line: LogLine) => void

/** Makes a logger that writes lines of the level that `level` says at the time, and above. */
export function createLog(level: () => LogLevel | 'silent', sink: LogSink, fields: LogFields = {}): Log {
  const write = (lineLevel: LogLevel) => (message: string, more?: LogFields) => {
    if (RANK[lineLevel] >= RANK[level()]) {
      try {
        sink({ level: lineLevel, time: new Date(), message, fields: { ...fields, ...more } })
      } catch (error) {
        // A log that fails must not fail the request that it tells of.
        console.error(`${lineLevel} ${message} (the log's sink failed: ${String(error)})`)
      }
    }
  }
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (more) => createLog(level, sink, { ...fields, ...more }),
  }
}

/** The sink of an app that is given none: pretty in development, JSON otherwise, unless `config.log.format` says which. */
export function sinkFor(app: {
  readonly mode: Mode
  readonly config: { readonly log: { readonly format: 'json' | 'pretty' | undefined } }
}): LogSink {
  return (line) => {
    const format = app.config.log.format ?? (app.mode === 'development' ? 'pretty' : 'json')
    ;(format === 'pretty' ? prettySink : jsonSink)(line)
  }
}

/** One JSON object a line, on stderr for `error` and `warn`, on stdout otherwise. */
export const jsonSink: LogSink = ({ level, time, message, fields }) => {
  const line = toJson({ time: time.toISOString(), ...fields, level, message })
  ;(level === 'error' || level === 'warn' ? console.error : console.log)(line)
}

/** Lines for a person, as development has them. */
export const prettySink: LogSink = ({ level, message, fields }) => {
  const { error, ...rest } = fields
  const more = Object.entries(rest).map(([name, value]) => `${name}=${typeof value === 'string' ? value : toJson(value)}`)
  const line = [`${level.padEnd(5)} ${message}`, ...more].join('  ')
  const out = level === 'error' || level === 'warn' ? console.error : console.log
  if (error === undefined) {
    out(line)
  } else {
    out(`${line}\n${describe(error)}`)
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error)
  }
  const cause = error.cause === undefined ? '' : `\n  caused by: ${describe(error.cause)}`
  return `${error.stack ?? error.message}${cause}`
}

/** JSON of anything: what holds itself is cut there. */
function toJson(value: unknown): string {
  const parents: unknown[] = []
  return JSON.stringify(value, function (this: unknown, key, item) {
    while (parents.length > 0 && parents.at(-1) !== this) {
      parents.pop()
    }
    const plain = replaceErrors(key, item)
    if (typeof plain !== 'object' || plain === null) {
      return plain
    }
    if (parents.includes(plain) || parents.length > 20) {
      return '[…]'
    }
    parents.push(plain)
    return plain
  })
}

function replaceErrors(_key: string, value: unknown): unknown {
  if (value instanceof Error) {
    const code = (value as { code?: unknown }).code
    return {
      name: value.name,
      message: value.message,
      ...(code === undefined ? {} : { code }),
      stack: value.stack,
      ...(value.cause === undefined ? {} : { cause: value.cause }),
    }
  }
  return typeof value === 'bigint' ? value.toString() : value
}
