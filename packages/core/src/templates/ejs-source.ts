/**
 * From EJS text to JavaScript. EJS itself reads the tags; the function around its statements is ours: strict, without `with`, the
 * given values as parameters. It rests on three names in the statements that EJS 7 writes: `__append`, `escapeFn`, `__line`.
 */
import type { TemplateValues } from './template-engine.ts'

/** A template's text, read. */
export interface EjsSource {
  /** The statements that print it. */
  readonly statements: string
  /** Names in it that may be values. */
  readonly names: readonly string[]
  /** Whether it waits for something. */
  readonly waits: boolean
}

/** The output of a running template. */
export interface EjsOutput {
  /** Exchanges what was printed so far for `text`, and gives it back. */
  swap(text: string): string
  /** The line that runs. */
  line(): number
}

/** What templates may call beside their values. */
export interface EjsHelpers {
  include(name: string, values?: object): string | Promise<string>
  layout(name: string, values?: object): void
  block(name: string, content?: string | (() => unknown)): void | Promise<void>
  /** Takes the output, from which blocks are caught. */
  opened(output: EjsOutput): void
  /** Tells that there is output again, in templates that wait. */
  printing(): void
}

/** What holds for a template, whatever the values. */
export interface EjsConstants {
  escape(value: unknown): string
  /** Text of a value that is printed raw and is no string. */
  text(value: unknown): string
  /** Turns what was thrown in `line` into an error that says so; `values` are those of the run, if it came to one. */
  fail(error: unknown, line: number, values?: TemplateValues): unknown
}

/** A template, compiled for one set of names. */
export type EjsFunction = (values: TemplateValues, helpers: EjsHelpers | undefined) => string | Promise<string>

/** Names of the functions that templates may call: no value can have them. */
export const HELPER_NAMES: readonly string[] = ['include', 'layout', 'block']

interface EjsTemplateClass {
  new (text: string, options: object): { source: string; currentLine: number; generateSource(): void }
}

/** Words that no parameter of a strict, asynchronous function may be named, and those the function uses itself. */
const NO_VALUES = new Set(
  `arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for
  function if implements import in instanceof interface let new null package private protected public return static super switch this
  throw true try typeof var void while with yield locals escapeFn __append __constants __failure
  __helpers __line __output`.split(/\s+/),
)

const LITERAL = /^ {4}; __append\("(?:[^"\\]|\\.)*"\)$/gm
const IDENTIFIER = /(?<!(?<!\.\.)\.)(?<![\p{ID_Continue}$])[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/gu

const OPEN = '__helpers?.opened({ line: () => __line, swap: (text) => { const printed = __output; __output = text; return printed } })'

/**
 * Reads a template.
 * @throws what `fail` makes of an unclosed tag.
 */
export function readEjs(text: string, delimiter: string, fail: EjsConstants['fail']): EjsSource {
  const Template = loadEjs()
  const template = new Template(text, { strict: true, compileDebug: true, openDelimiter: '<', delimiter, closeDelimiter: '>' })
  try {
    template.generateSource()
  } catch (error) {
    throw fail(error, template.currentLine)
  }
  const code = template.source.replace(LITERAL, '')
  const names = new Set(code.match(IDENTIFIER))
  return { statements: template.source, names: [...names].filter((name) => !NO_VALUES.has(name)), waits: names.has('await') }
}

/**
 * Compiles a template for values of the given names.
 * @throws what `fail` makes of a syntax error.
 */
export function compileEjs(source: EjsSource, given: readonly string[], name: string, constants: EjsConstants): EjsFunction {
  const code = `"use strict"
return ${source.waits ? 'async ' : ''}function (locals, __helpers, ${HELPER_NAMES.join(', ')}, escapeFn, { ${given.join(', ')} }) {
let __output = "", __line = 1, __failure
function __append(value) {
${source.waits ? 'if (__output === "") __helpers?.printing()' : ''}
if (typeof value === "string") __output += value
else if (value !== undefined && value !== null) __output += __constants.text(value)
}
${source.waits || HELPER_NAMES.some((helper) => source.names.includes(helper)) ? OPEN : ''}
try {
${source.statements}
} catch (error) {
__failure = { error: __constants.fail(error, __line, locals) }
} finally {
if (__failure === undefined) ${source.waits ? '{ const printed = __output; __output = ""; return printed }' : 'return __output'}
throw __failure.error
}
}
//# sourceURL=micro-template:${name.replace(/[^\w./-]/g, '_')}`
  let run: (...args: unknown[]) => string | Promise<string>
  try {
    run = new Function('__constants', code)(constants)
  } catch (error) {
    throw constants.fail(error, (error instanceof SyntaxError && lineOf(code)) || 1)
  }
  return (values, helpers) => run(values, helpers, helpers?.include, helpers?.layout, helpers?.block, constants.escape, values)
}

/** Line of the template in which generated code breaks the grammar: V8 tells the place for scripts only, not for `new Function`. */
function lineOf(code: string): number | undefined {
  const vm = globalThis.process?.getBuiltinModule?.('node:vm')
  if (vm === undefined) {
    return
  }
  try {
    new vm.Script(`(function () {${code}\n})`, { filename: 'template' })
  } catch (error) {
    const at = Number(error instanceof Error && /^template:(\d+)/.exec(error.stack ?? '')?.[1])
    const lines = code.split('\n').slice(0, at)
    const counted = Number(/\d+$/.exec(lines.findLast((line) => /^ {4}; __line = \d+$/.test(line)) ?? '')?.[0] ?? 1)
    return counted + at - 1 - lines.findLastIndex((line) => line.startsWith('    ; '))
  }
  return
}

let ejs: EjsTemplateClass | undefined

/** Loaded when the first template is compiled: pages are not what every app has. */
function loadEjs(): EjsTemplateClass {
  if (ejs === undefined) {
    const { createRequire } = process.getBuiltinModule('node:module')
    ejs = (createRequire(import.meta.url)('ejs') as { Template: EjsTemplateClass }).Template
  }
  return ejs
}
