/** Includes, layouts and blocks of EJS pages: what happens while one template runs. */

import { isThenable } from '../hooks/thenable.ts'
import type { EjsConstants, EjsHelpers, EjsOutput } from './ejs-source.ts'
import type { TemplateValues } from './template-engine.ts'
import { templateValues } from './template-values.ts'

/** A partial that includes itself may draw a deep tree, but not one this deep. */
const MAX_DEPTH = 100

interface Block {
  readonly text: string
  /** The template's run that filled it. */
  readonly by: EjsPage
}

/** Where a template runs: for itself, included by another, or as another's layout. */
export class EjsScope {
  readonly #name: string
  readonly #opener: EjsScope | undefined
  /** The page whose layout it is; itself, if it is none. Blocks are filled there. */
  readonly #page: EjsScope
  readonly #depth: number
  #blocks: Map<string, Block> | undefined

  constructor(name: string, opener?: EjsScope, page?: EjsScope) {
    this.#name = name
    this.#opener = opener
    this.#page = page ?? this
    this.#depth = opener === undefined ? 0 : opener.#depth + 1
    if (this.#depth > MAX_DEPTH) {
      throw new Error(`templates are nested more than ${MAX_DEPTH} deep: … → ${this.#way(3)}`)
    }
  }

  /** The names of the last templates that led here. */
  #way(count: number): string {
    return this.#opener === undefined || count === 1 ? this.#name : `${this.#opener.#way(count - 1)} → ${this.#name}`
  }

  /** A block as the nearest page has filled it. Partials see the blocks of what includes them; a layout those of its page alone. */
  find(name: string): Block | undefined {
    return this.filled(name) ?? (this.#page === this ? this.#opener?.find(name) : undefined)
  }

  /** A block of the page itself. */
  filled(name: string): Block | undefined {
    return this.#page.#blocks?.get(name)
  }

  fill(name: string, block: Block): void {
    this.#page.#blocks ??= new Map()
    this.#page.#blocks.set(name, block)
  }

  included(name: string): EjsScope {
    return new EjsScope(name, this)
  }

  layout(name: string): EjsScope {
    return new EjsScope(name, this, this.#page)
  }
}

/** Prints another template within a scope; the name may be relative to the template that runs. */
export type PrintTemplate = (name: string, values: TemplateValues, scope: EjsScope) => string | Promise<string>

/** What the run of a template works with. */
export interface EjsPageOptions extends Pick<EjsConstants, 'escape' | 'fail'> {
  readonly values: TemplateValues
  readonly scope: EjsScope
  readonly print: PrintTemplate
}

/** One run of a template that includes others, has a layout or blocks. */
export class EjsPage implements EjsHelpers {
  readonly #options: EjsPageOptions
  #output: EjsOutput = { swap: () => '', line: () => 1 }
  #layout: { readonly name: string; readonly values: object | undefined; readonly line: number } | undefined
  #showed = false
  /** Takes what was printed so far, while the template waits; undefined where the page is wanted whole. */
  #send: ((text: string) => void) | undefined
  #sent = false
  /** Lines of the blocks that are being printed, the innermost last. */
  readonly #open: number[] = []

  constructor(options: EjsPageOptions) {
    this.#options = options
  }

  opened(output: EjsOutput): void {
    this.#output = output
  }

  /** Lets what is printed be taken whenever the template waits. What goes into a layout or a block is not. */
  sendTo(send: (text: string) => void): void {
    this.#send = send
  }

  /** A microtask comes when the template has run as far as it can without waiting. */
  printing(): void {
    if (this.#send !== undefined) {
      queueMicrotask(() => {
        const text = this.#open.length === 0 && this.#layout === undefined ? this.#output.swap('') : ''
        if (text !== '') {
          this.#sent = true
          this.#send?.(text)
        }
      })
    }
  }

  readonly include = (name: string, own?: object): string | Promise<string> => {
    const { values, scope, print } = this.#options
    return watched(print(name, own === undefined ? values : templateValues(values, own), scope.included(name)))
  }

  readonly layout = (name: string, values?: object): void => {
    if (this.#layout !== undefined) {
      throw new Error('layout() is called a second time; a template has one layout')
    }
    if (this.#showed || this.#sent) {
      throw new Error(`layout() is called after ${this.#showed ? 'block()' : 'a part of the page was sent'}; it comes first`)
    }
    this.#layout = { name, values, line: this.#output.line() }
  }

  readonly block = (name: string, content?: string | (() => unknown)): void | Promise<void> => {
    const fills = this.#layout !== undefined && this.#open.length === 0 && content !== undefined
    return watched(fills ? this.#fill(name, content) : this.#show(name, content))
  }

  /** The output of the whole page, given what its own text printed. */
  finish(printed: string): string | Promise<string> {
    const { values, scope, print, fail } = this.#options
    const open = this.#open[0]
    if (open !== undefined) {
      throw fail(new Error('an asynchronous block was not waited for; write <% await block(…) %>'), open)
    }
    if (this.#layout === undefined) {
      return printed
    }
    const { name, values: own, line } = this.#layout
    try {
      return print(name, templateValues(values, own, { body: printed }), scope.layout(name))
    } catch (error) {
      throw fail(error, line)
    }
  }

  /** Keeps a block for the layout, unless a page nearer to the reader has filled it already. */
  #fill(name: string, content: string | (() => unknown)): void | Promise<void> {
    const { scope } = this.#options
    const filled = scope.filled(name)
    if (filled?.by === this) {
      throw new Error(`block('${name}') is filled a second time`)
    }
    if (filled !== undefined) {
      return
    }
    if (typeof content === 'string') {
      scope.fill(name, { text: this.#options.escape(content), by: this })
      return
    }
    const before = this.#output.swap('')
    return this.#run(content, () => scope.fill(name, { text: this.#output.swap(before), by: this }))
  }

  /** Prints a block where it stands: as it was filled, or else its own content. */
  #show(name: string, content: string | (() => unknown) | undefined): void | Promise<void> {
    this.#showed = true
    const filled = this.#options.scope.find(name)
    if (filled === undefined && typeof content === 'function') {
      return this.#run(content, () => {})
    }
    const text = filled?.text ?? this.#options.escape(content)
    this.#output.swap(this.#output.swap('') + text)
    this.printing()
  }

  #run(content: () => unknown, done: () => void): void | Promise<void> {
    this.#open.push(this.#output.line())
    const close = () => {
      this.#open.pop()
      done()
      this.printing()
    }
    const result = content()
    return isThenable(result) ? result.then(close) : close()
  }
}

/** A template may forget to wait for a promise; that it did is reported, and must not end the process. */
function watched<T>(value: T): T {
  if (isThenable(value)) {
    value.then(undefined, () => {})
  }
  return value
}
