/** What a template engine is: the interface that adapters implement. */

/** A filter: a function that templates may call on a value. */
export type Filter = (value: never, ...args: never[]) => unknown

/** What a template is rendered with: an object that inherits nothing, so that each name in it is that of a value. */
export type TemplateValues = { readonly [name: string]: unknown }

/** A template, compiled. */
export interface CompiledTemplate {
  /** The output; a promise only if the template waits for something. It may be called many times, also at once. */
  render(values: TemplateValues): string | Promise<string>
  /** The output piece by piece, as it comes about, for engines that can; joined it is what `render` gives. */
  stream?(values: TemplateValues): AsyncIterable<string>
}

/** What an engine is given to compile a template. */
export interface TemplateSource {
  /** Name under which it is known, such as `notes/index.ejs`. */
  readonly name: string
  /** File it was read from. */
  readonly file: string
  readonly text: string
  /** The app's filters, for engines with a syntax of their own for them. They are among the values too, as functions. */
  readonly filters: { readonly [name: string]: Filter }
  /**
   * Compiles another template, for layouts and partials; `name` may be relative (`./`, `../`) to this one.
   * @throws MicroError `MICRO_TEMPLATE_MISSING`, and whatever the engine throws.
   */
  load(name: string): CompiledTemplate
  /**
   * Reads another template without compiling it, for engines with an inheritance of their own.
   * @throws MicroError `MICRO_TEMPLATE_MISSING`.
   */
  read(name: string): TemplateSource
}

/** A template engine, as adapters implement it. */
export interface TemplateEngine {
  readonly name: string
  /** Compiles a template; what it throws for a mistake in the text reaches the developer as it is. */
  compile(source: TemplateSource): CompiledTemplate
}

/** A template that stands in the program instead of a file. Keep the object: it is compiled once. */
export interface TemplateText {
  readonly text: string
  /** Name for errors, and for the engine to tell what it is; `inline.html` if absent. */
  readonly name?: string
}

/** What is rendered: a template by its name, the first of several that is there, or a text. */
export type TemplateChoice = string | readonly string[] | TemplateText
