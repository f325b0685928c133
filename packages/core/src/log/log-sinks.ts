/** Where log lines go unless an app says otherwise: JSON for machines, one line each, and lines for a person in development. */
import type { CoreConfig } from '../config/core-config.ts'
import type { Mode } from '../config/mode.ts'
import type { LogLevel, LogLine, LogSink } from './log.ts'
import { LogWriter } from './log-writer.ts'

const out = new LogWriter(1)
const complaints = new LogWriter(2)

/** The sink of an app that is given none: by `config.log.format`, else by the mode. */
export function sinkFor(app: { readonly mode: Mode; readonly config: CoreConfig }): LogSink {
  return (line) => {
    const format = app.config.log.format ?? (app.mode === 'development' ? 'pretty' : 'json')
    const isGrave = line.level === 'error' || line.level === 'warn'
    if (format === 'json') {
      ;(isGrave ? complaints : out).write(jsonLine(line))
    } else {
      ;(isGrave ? console.error : console.log)(prettyLine(line, isColourful(isGrave ? 'stderr' : 'stdout')))
    }
  }
}

/** A line as one JSON object. */
export function jsonLine({ level, time, message, fields }: LogLine): string {
  const { time: _, ...more } = fields
  return JSON.stringify({ time: time.toISOString(), ...more, level, message })
}

const COLOURS: { readonly [L in LogLevel]: number } = { debug: 90, info: 36, warn: 33, error: 31 }

/** A line for a person, with the stack of its error and of what caused it. */
export function prettyLine({ level, time, message, fields }: LogLine, hasColours: boolean): string {
  const paint = (text: string, colour: number): string => (hasColours ? `\u001b[${colour}m${text}\u001b[39m` : text)
  const { error, requestId, ...rest } = fields
  const said = new Set(message.split(' '))
  // What the message says already stands there once.
  const fresh = Object.entries(rest).filter(([, value]) => value !== undefined && !said.has(String(value)))
  const more = fresh.map(([name, value]) => `${inWords(name)}=${inWords(value)}`)
  const clock = time.toTimeString().slice(0, 8)
  const line = [paint(clock, 90), paint(level.padEnd(5), COLOURS[level]), escaped(message), ...more.map((text) => paint(text, 90))].join(
    ' ',
  )
  const id = requestId === undefined || level === 'info' ? '' : ` ${paint(`request=${inWords(requestId)}`, 90)}`
  return error === undefined ? line + id : `${line}${id}\n${describe(error).split('\n').map(escaped).join('\n')}`
}

/** What ends a line or commands a terminal: whoever sends it in a value could write lines of their own. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u
const EVERY_CONTROL = new RegExp(CONTROL, 'gu')

/** A value on one line; a text that could leave it stands in quotes. */
function inWords(value: unknown): string {
  return typeof value === 'string' && !CONTROL.test(value) ? value : escaped(JSON.stringify(value))
}

/** A text with its control characters as JSON writes them. JSON itself keeps some. */
function escaped(text: string): string {
  return text.replace(EVERY_CONTROL, (character) => {
    const written = JSON.stringify(character).slice(1, -1)
    return written === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : written
  })
}

function describe(error: unknown): string {
  if (typeof error !== 'object' || error === null) {
    return String(error)
  }
  const { stack, message, cause, errors } = error as {
    readonly stack?: unknown
    readonly message?: unknown
    readonly cause?: unknown
    readonly errors?: unknown
  }
  const below = [
    ...(cause === undefined ? [] : [`caused by: ${describe(cause)}`]),
    ...(Array.isArray(errors) ? errors.map((each) => `one of them: ${describe(each)}`) : []),
  ]
  return [String(stack ?? message ?? JSON.stringify(error)), ...below.map((text) => `  ${text}`)].join('\n')
}

function isColourful(stream: 'stdout' | 'stderr'): boolean {
  const { process } = globalThis
  return process?.env?.NO_COLOR === undefined && process?.[stream]?.isTTY === true
}
