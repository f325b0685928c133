import type { Context } from './context.ts'
import { coreError } from './core-errors.ts'
import { ejsEngine } from './ejs-engine.ts'
import type { Flash } from './flash.ts'
import type { Mode } from './mode.ts'
import type { CompiledTemplate, Filter, TemplateEngine, TemplateSource, TemplateValues } from './template-engine.ts'
import { resolveTemplateName, type TemplateDirectory, TemplateLoader, type TemplatePlace } from './template-loader.ts'
import { templateValues } from './template-values.ts'
import { isThenable } from './thenable.ts'
import type { UrlOptions, UrlValues } from './url-for.ts'

export type { CompiledTemplate, Filter, TemplateEngine, TemplateSource, TemplateValues } from './template-engine.ts'

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
  readonly #compiled = new Map<string, Kept>()
  readonly #host: TemplatesHost
  #engine: TemplateEngine = ejsEngine()

  constructor(host: TemplatesHost) {
    this.#host = host
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
    this.#providers.push(provide)
  }

  /**
   * Sets the engine. The default one gives way to the first that asks.
   * @throws MicroError `MICRO_PART_TAKEN` if another party set one, unless this one replaces it.
   */
  engine(engine: TemplateEngine, options: TemplateOwner = {}): void {
    this.#claim('template engine', options)
    this.#engine = engine
    this.#compiled.clear()
  }

  /**
   * Renders a template. Synchronous unless a context provider or the template itself is not.
   * @throws MicroError `MICRO_TEMPLATE_MISSING`, `MICRO_TEMPLATE_FAILED`, `MICRO_NO_FILES`.
   */
  render(ctx: Context, name: string, values: object = {}): string | Promise<string> {
    const template = this.#load(name)
    const provided = this.#provide(ctx, 0, {})
    return isPending(provided)
      ? provided.then((settled) => template.render(this.#values(ctx, settled, values)))
      : template.render(this.#values(ctx, provided, values))
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
    }
    return templateValues({ ...this.#globals, ...provided }, own, values)
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

  #source(name: string, file: string): TemplateSource {
    return {
      name,
      file,
      text: this.#loader.read(file),
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

function isPending(values: object | Promise<object>): values is Promise<object> {
  return isThenable(values)
}
