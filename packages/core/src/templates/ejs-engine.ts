import { checkOptions, type OptionNames } from '../errors/check-options.ts'
import { coreError } from '../errors/core-errors.ts'
import { isMicroError } from '../errors/micro-error.ts'
import { nearest } from '../errors/nearest.ts'
import { isThenable } from '../hooks/thenable.ts'
import { isHttpError } from '../http/http-error.ts'
import { EjsPage, EjsScope, type PrintTemplate } from './ejs-page.ts'
import { compileEjs, type EjsConstants, type EjsFunction, type EjsSource, HELPER_NAMES, readEjs } from './ejs-source.ts'
import { escapeHtml } from './html.ts'
import type { CompiledTemplate, TemplateEngine, TemplateSource, TemplateValues } from './template-engine.ts'

/** Compiled functions that a template keeps: more sets of names than these come of values whose names a client chose. */
const MAX_VARIANTS = 32

/** Lines of source shown on each side of the one that failed. */
const EXCERPT_LINES = 3

/** How EJS reads and prints. */
export interface EjsOptions {
  /** Whether `<%= %>` escapes in a template; by default in all but `*.txt` and `*.txt.ejs`. */
  readonly autoescape?: (name: string) => boolean
  /** The character inside of the brackets of tags; `%` by default. */
  readonly delimiter?: string
}

const EJS_OPTIONS: OptionNames<EjsOptions> = { autoescape: true, delimiter: true }

/** EJS: autoescaped, strict, without `with`; with layouts, blocks and includes. The default engine. */
export function ejsEngine(options: EjsOptions = {}): TemplateEngine {
  checkOptions('ejsEngine()', options, EJS_OPTIONS)
  const { autoescape = isMarkup, delimiter = '%' } = options
  return { name: 'ejs', compile: (source) => new EjsTemplate(source, { autoescape, delimiter }) }
}

/** One function for one set of given names. */
interface Variant {
  /** For each name that occurs in the template, whether it is given. */
  readonly given: readonly boolean[]
  readonly print: EjsFunction
}

/** A compiled EJS template. */
export class EjsTemplate implements CompiledTemplate {
  readonly name: string
  readonly #template: TemplateSource
  readonly #source: EjsSource
  readonly #constants: EjsConstants
  readonly #variants = new Map<string, Variant>()
  readonly #isPage: boolean
  #last: Variant | undefined

  constructor(template: TemplateSource, { autoescape, delimiter }: Required<EjsOptions>) {
    this.name = template.name
    this.#template = template
    this.#constants = {
      escape: autoescape(template.name) ? (value) => (typeof value === 'object' ? escapeHtml(settled(value)) : escapeHtml(value)) : textOf,
      text: textOf,
      fail: (error, line, values) => this.#failure(error, line, values),
    }
    this.#source = readEjs(template.text, delimiter, this.#constants.fail)
    this.#isPage = HELPER_NAMES.some((name) => this.#source.names.includes(name))
  }

  render(values: TemplateValues): string | Promise<string> {
    return this.print(values, new EjsScope(this.name))
  }

  async *stream(values: TemplateValues): AsyncGenerator<string, void, undefined> {
    const scope = new EjsScope(this.name)
    if (!this.#source.waits) {
      yield await this.print(values, scope)
      return
    }
    const page = this.#page(values, scope)
    yield* pieces((send) => {
      page.sendTo(send)
      return Promise.resolve(this.#variantFor(values).print(values, page)).then((text) => page.finish(text))
    })
  }

  /** Renders it within a scope: that of the page which includes it, or whose layout it is. */
  print(values: TemplateValues, scope: EjsScope): string | Promise<string> {
    const variant = this.#variantFor(values)
    if (!this.#isPage) {
      return variant.print(values, undefined)
    }
    const page = this.#page(values, scope)
    const printed = variant.print(values, page)
    return typeof printed === 'string' ? page.finish(printed) : printed.then((text) => page.finish(text))
  }

  #page(values: TemplateValues, scope: EjsScope): EjsPage {
    return new EjsPage({ values, scope, print: this.#print, escape: this.#constants.escape, fail: this.#constants.fail })
  }

  readonly #print: PrintTemplate = (name, values, scope) => {
    const other = this.#template.load(name)
    return other instanceof EjsTemplate ? other.print(values, scope) : other.render(values)
  }

  #variantFor(values: TemplateValues): Variant {
    if (this.#last !== undefined && fits(this.#last, this.#source.names, values)) {
      return this.#last
    }
    const { names } = this.#source
    const given = names.map((name) => name in values)
    const key = given.map(Number).join('')
    let variant = this.#variants.get(key)
    if (variant === undefined) {
      variant = { given, print: this.#compile(names.filter((_, at) => given[at])) }
      if (this.#variants.size >= MAX_VARIANTS) {
        this.#variants.clear()
      }
      this.#variants.set(key, variant)
    }
    this.#last = variant
    return variant
  }

  #compile(given: readonly string[]): EjsFunction {
    const taken = given.find((name) => HELPER_NAMES.includes(name))
    if (taken !== undefined) {
      throw this.#failure(new Error(`a value is named '${taken}', like the function that the template calls; give it another name`), 1)
    }
    return compileEjs(this.#source, given, this.name, this.#constants)
  }

  #failure(error: unknown, line: number, values: TemplateValues = {}): unknown {
    if (isHttpError(error) || (isMicroError(error) && error.code === 'MICRO_TEMPLATE_FAILED')) {
      return error
    }
    const { name, file, text } = this.#template
    const source = `${file}:${line}\n${excerpt(text, line)}`
    return coreError('MICRO_TEMPLATE_FAILED', { name, line, problem: problemOf(error, values), source }, { cause: error })
  }
}

/** Whether exactly the names that the variant was compiled for are given. A loop, because it runs on every render. */
function fits(variant: Variant, names: readonly string[], values: TemplateValues): boolean {
  for (let at = 0; at < names.length; at++) {
    if ((names[at] as string) in values !== variant.given[at]) {
      return false
    }
  }
  return true
}

/** Mails and the like have nothing to escape: `welcome.txt` or `welcome.txt.ejs`. */
function isMarkup(name: string): boolean {
  return !/\.txt(\.ejs)?$/i.test(name)
}

/** The texts that `run` sends, as they come, and the last one, which it ends with. */
async function* pieces(run: (send: (text: string) => void) => Promise<string>): AsyncGenerator<string, void, undefined> {
  const sent: string[] = []
  let wake = (): void => {}
  const send = (text: string): void => {
    sent.push(text)
    wake()
  }
  let isOver = false
  const end = run(send)
    .then(send)
    .finally(() => {
      isOver = true
      wake()
    })
  end.catch(() => {}) // It is thrown below, unless nobody reads that far.
  while (!isOver || sent.length > 0) {
    const text = sent.splice(0).join('')
    if (text !== '') {
      yield text
    } else if (!isOver) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  await end
}

/** Text of a value that is no string. */
function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(settled(value))
}

function settled(value: unknown): unknown {
  if (isThenable(value)) {
    value.then(undefined, () => {}) // It is reported here already.
    throw new TypeError('a promise was printed; write await before it: <%= await … %>')
  }
  return value
}

function problemOf(error: unknown, values: TemplateValues): string {
  if (!(error instanceof Error)) {
    return `${String(error)} was thrown`
  }
  const text = (error.name === 'Error' || isMicroError(error) ? error.message : `${error.name}: ${error.message}`).replace(/\.$/, '')
  const missing = error instanceof ReferenceError ? /^(\S+) is not defined$/.exec(error.message)?.[1] : undefined
  if (missing === undefined) {
    return text
  }
  const near = nearest(missing, Object.keys(values))
  return `${text}: the template was given no value of this name${near === undefined ? '' : `; did you mean '${near}'?`}`
}

/** The lines around `line`, numbered, that one marked. */
function excerpt(text: string, line: number): string {
  const lines = text.split('\n')
  const first = Math.max(0, line - 1 - EXCERPT_LINES)
  const shown = lines.slice(first, line + EXCERPT_LINES)
  return shown.map((content, at) => `${first + at + 1 === line ? '>> ' : '   '}${first + at + 1}| ${content}`).join('\n')
}
