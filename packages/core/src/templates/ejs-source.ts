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
  /** Its last line that holds anything. */
  readonly lastLine: number
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
  return {
    statements: template.source,
    names: [...names].filter((name) => !NO_VALUES.has(name)),
    waits: names.has('await'),
    lastLine: text.trimEnd().split('\n').length,
  }
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
    const broken = error instanceof SyntaxError ? syntaxError(error, code, source) : { error, line: 1 }
    throw constants.fail(broken.error, broken.line)
  }
  return (values, helpers) => run(values, helpers, helpers?.include, helpers?.layout, helpers?.block, constants.escape, values)
}

interface Broken {
  readonly error: unknown
  /** In the template. */
  readonly line: number
}

/** What breaks the grammar, said of the template and not of the function around it. */
function syntaxError(error: SyntaxError, code: string, { statements, lastLine }: EjsSource): Broken {
  const [before, after] = code.split(statements) as [string, string]
  const found = faultIn(`(function () {${before}`, statements, `${after}\n})`)
  const alone = faultIn('async () => {\n', statements, '\n}')
  const end = statements.split('\n').length
  if (alone.at > end && alone.message !== "Unexpected token '}'") {
    return { error: new SyntaxError("a '{' is not closed before the template ends"), line: lastLine }
  }
  // What the template breaks by itself is found at the same place without the function.
  const isOwn = found.message === alone.message && found.at === alone.at
  const isSurplus = !isOwn && /^Missing catch|'catch'$/.test(found.message)
  const line = Math.min(lineOf(statements, found.at > end ? alone.at : found.at), lastLine)
  return { error: isSurplus ? new SyntaxError("there is a '}' too many") : error, line }
}

interface Fault {
  readonly message: string
  /** Line of the statements. */
  readonly at: number
}

/** Where statements break the grammar between other code: V8 tells the place for scripts only, not for `new Function`. */
function faultIn(before: string, statements: string, after: string): Fault {
  const vm = globalThis.process?.getBuiltinModule?.('node:vm')
  try {
    void (vm && new vm.Script(before + statements + after, { filename: 'template' }))
  } catch (error) {
    const { message, stack = '' } = error as SyntaxError
    return { message, at: Number(/^template:(\d+)/.exec(stack)?.[1] ?? 0) - before.split('\n').length + 1 }
  }
  return { message: '', at: 0 }
}

/** Line of the template that a line of its statements comes from. */
function lineOf(statements: string, at: number): number {
  const lines = statements.split('\n').slice(0, Math.max(at, 1))
  const counted = Number(/\d+$/.exec(lines.findLast((line) => /^ {4}; __line = \d+$/.test(line)) ?? '')?.[0] ?? 1)
  return counted + lines.length - 1 - lines.findLastIndex((line) => line.startsWith('    ; '))
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
