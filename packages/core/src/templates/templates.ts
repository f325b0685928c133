import type { Mode } from '../config/mode.ts'
import { coreError } from '../errors/core-errors.ts'
import { renderTold, streamTold } from '../hooks/signals.ts'
import { isThenable } from '../hooks/thenable.ts'
import type { JsonProvider } from '../json/json.ts'
import type { Context } from '../request/context.ts'
import type { UrlOptions, UrlValues } from '../routing/url-for.ts'
import type { Flash } from '../session/flash.ts'
import { ejsEngine } from './ejs-engine.ts'
import { raw } from './html.ts'
import type {
  CompiledTemplate,
  Filter,
  TemplateChoice,
  TemplateEngine,
  TemplateSource,
  TemplateText,
  TemplateValues,
} from './template-engine.ts'
import { resolveTemplateName, type TemplateDirectory, TemplateLoader, type TemplatePlace } from './template-loader.ts'
import { templateValues } from './template-values.ts'

/** Who registers something, and whether it may take another's place. */
export interface TemplateOwner {
  /** Name of the extension that registers it, for errors; by default the app itself. */
  readonly owner?: string
  readonly replace?: boolean
}

/** What templates need of their app. */
export interface TemplatesHost {
  /** Directory in which `templates/` lies; undefined without a file system. */
  readonly rootPath: string | undefined
  /** In development the files are looked at again for each page, so that an edit shows at once; otherwise never again. */
  readonly mode: Mode
  /** Writes the values that `json()` prints. */
  readonly json: Pick<JsonProvider, 'stringify'>
}

/** The templates of an app, whose context providers see the members of its extensions. */
export interface TypedTemplates<C> extends Omit<Templates, 'context'> {
  /** Adds values to every page: `provide` runs each time something is rendered, and never otherwise. */
  context(provide: (ctx: Context & C) => object | Promise<object>): void
}

interface Kept {
  readonly template: CompiledTemplate
  readonly stamp: string
}

const THE_APP = 'app'

/** The templates of an app: where they lie, what is at hand in them, and the engine that renders them. */
export class Templates {
  readonly #loader = new TemplateLoader()
  readonly #owners = new Map<string, string>()
  readonly #globals: Record<string, unknown> = Object.create(null)
  readonly #filters: Record<string, Filter> = Object.create(null)
  readonly #providers: ((ctx: Context) => object | Promise<object>)[] = []
  /** How many of them, at the end, are for one blueprint each. */
  #narrow = 0
  readonly #compiled = new Map<string, Kept>()
  #texts = new WeakMap<TemplateText, CompiledTemplate>()
  readonly #host: TemplatesHost
  #engine: TemplateEngine

  constructor(host: TemplatesHost, engine: TemplateEngine = ejsEngine()) {
    this.#host = host
    this.#engine = engine
    if (host.rootPath !== undefined) {
      this.#loader.add(`${host.rootPath}/templates`)
    }
  }

  /** The directories in the order they are searched. */
  get directories(): readonly TemplateDirectory[] {
    return this.#loader.directories
  }

  /** Adds a directory: its files are known as `<namespace>/…`, or under their own names without one. The latter are searched first. */
  directory(path: string, namespace = ''): void {
    this.#loader.add(path, namespace)
    this.#compiled.clear()
  }

  /**
   * Puts a value at hand in every template.
   * @throws MicroError `MICRO_PART_TAKEN` if another party gave the name a value, unless this one replaces it.
   */
  global(name: string, value: unknown, options: TemplateOwner = {}): void {
    this.#claim(`template global '${name}'`, options)
    this.#globals[name] = value
    delete this.#filters[name]
  }

  /**
   * Puts a filter at hand in every template: `<%= shout(title) %>`.
   * @throws MicroError `MICRO_PART_TAKEN` like `global`, whose names it shares.
   */
  filter(name: string, filter: Filter, options: TemplateOwner = {}): void {
    this.global(name, filter, options)
    this.#filters[name] = filter
  }

  /** Adds values to every page: `provide` runs each time something is rendered, and never otherwise. */
  context(provide: (ctx: Context) => object | Promise<object>): void {
    this.#providers.splice(this.#providers.length - this.#narrow, 0, provide)
  }

  /** As `context`, for the requests of one blueprint: its values lie on top of those for every page. */
  narrowContext(provide: (ctx: Context) => object | Promise<object>): void {
    this.#providers.push(provide)
    this.#narrow++
  }

  /**
   * Sets the engine. The default one gives way to the first that asks.
   * @throws MicroError `MICRO_PART_TAKEN` if another party set one, unless this one replaces it.
   */
  engine(engine: TemplateEngine, options: TemplateOwner = {}): void {
    this.#claim('template engine', options)
    this.#engine = engine
    this.#compiled.clear()
    this.#texts = new WeakMap()
  }

  /**
   * Renders a template. Synchronous unless a context provider or the template itself is not.
   * @throws MicroError `MICRO_TEMPLATE_MISSING`, `MICRO_TEMPLATE_FAILED`, `MICRO_NO_FILES`.
   */
  render(ctx: Context, choice: TemplateChoice, values: object = {}): string | Promise<string> {
    const template = this.#choose(choice)
    const provided = this.#provide(ctx, 0, {})
    const finish = (settled: object) => {
      const all = this.#values(ctx, settled, values)
      return renderTold(
        ctx,
        () => this.#nameOf(choice),
        all,
        () => template.render(all),
      )
    }
    return isPending(provided) ? provided.then(finish) : finish(provided)
  }

  /**
   * Renders a template piece by piece, for pages whose beginning should not wait for their end; at once with an engine that cannot.
   * @throws MicroError what `render` throws, once the iteration has come to it.
   */
  async *stream(ctx: Context, choice: TemplateChoice, values: object = {}): AsyncGenerator<string, void, undefined> {
    const template = this.#choose(choice)
    const all = this.#values(ctx, await this.#provide(ctx, 0, {}), values)
    yield* streamTold(
      ctx,
      () => this.#nameOf(choice),
      all,
      () => template.stream?.(all) ?? one(template.render(all)),
    )
  }

  /** The names of all templates, sorted. @throws MicroError `MICRO_NO_FILES`. */
  names(): string[] {
    return this.#loader.names()
  }

  /**
   * The files in which a template is looked for, in order, and which of them wins. Empty for a name that is refused.
   * @throws MicroError `MICRO_NO_FILES`.
   */
  explain(name: string): TemplatePlace[] {
    return this.#loader.explain(name)
  }

  /** Runs the context providers one after the other, and waits only for those that are asynchronous. */
  #provide(ctx: Context, from: number, values: object): object | Promise<object> {
    for (const [at, provide] of this.#providers.entries()) {
      if (at >= from) {
        const more = provide(ctx)
        if (isPending(more)) {
          return more.then((settled) => this.#provide(ctx, at + 1, { ...values, ...settled }))
        }
        Object.assign(values, more)
      }
    }
    return values
  }

  #values(ctx: Context, provided: object, values: object): TemplateValues {
    let flashes: Flash[] | undefined
    const own = {
      ctx,
      urlFor: (name: string, params?: UrlValues, options?: UrlOptions) => ctx.urlFor(name, params, options),
      // Taken once, so that a page and its layout may both ask.
      flashes: () => (flashes ??= ctx.flashes()),
      json: (value: unknown) => raw(scriptJson(this.#host.json.stringify(value))),
    }
    return templateValues({ ...this.#globals, ...provided }, own, values)
  }

  #choose(choice: TemplateChoice): CompiledTemplate {
    const name = this.#nameOf(choice)
    if (typeof choice === 'string' || !isText(choice)) {
      return this.#load(name)
    }
    let template = this.#texts.get(choice)
    if (template === undefined) {
      template = this.#engine.compile(this.#source(name, name, choice.text))
      this.#texts.set(choice, template)
    }
    return template
  }

  #nameOf(choice: TemplateChoice): string {
    if (typeof choice === 'string') {
      return choice
    }
    return isText(choice) ? (choice.name ?? 'inline.html') : (choice.find((name) => this.#loader.has(name)) ?? choice[0] ?? '')
  }

  #load(name: string): CompiledTemplate {
    const kept = this.#compiled.get(name)
    if (kept !== undefined && this.#host.mode !== 'development') {
      return kept.template
    }
    const { file, stamp } = this.#loader.find(name)
    if (kept?.stamp === stamp) {
      return kept.template
    }
    const template = this.#engine.compile(this.#source(name, file))
    this.#compiled.set(name, { template, stamp })
    return template
  }

  #source(name: string, file: string, text: string = this.#loader.read(file)): TemplateSource {
    return {
      name,
      file,
      text,
      filters: this.#filters,
      load: (other) => this.#load(resolveTemplateName(other, name)),
      read: (other) => {
        const resolved = resolveTemplateName(other, name)
        return this.#source(resolved, this.#loader.find(resolved).file)
      },
    }
  }

  #claim(what: string, { owner = THE_APP, replace = false }: TemplateOwner): void {
    const first = this.#owners.get(what)
    if (first !== undefined && first !== owner && !replace) {
      throw coreError('MICRO_PART_TAKEN', { what, first, second: owner })
    }
    this.#owners.set(what, owner)
  }
}

function isText(choice: readonly string[] | TemplateText): choice is TemplateText {
  return !Array.isArray(choice)
}

/** JSON that ends no `<script>` and no quoted attribute, and is JavaScript in every engine. */
function scriptJson(json: string): string {
  return json.replace(/[<>&'\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

async function* one(text: string | Promise<string>): AsyncGenerator<string, void, undefined> {
  yield await text
}

function isPending(values: object | Promise<object>): values is Promise<object> {
  return isThenable(values)
}
