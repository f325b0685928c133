import type { Context } from '../request/context.ts'
import type { Filter, TemplateEngine } from '../templates/template-engine.ts'
import { type TemplateOwner, Templates, type TemplatesHost } from '../templates/templates.ts'

/** What the templates of an app ask before they are changed, and tell afterwards. */
export interface TemplatesGuard {
  /** @throws MicroError `MICRO_APP_STARTED`. */
  assertOpen(method: string): void
  /** Notes who sets `what`. */
  claim(what: string, owner: string): void
}

/** The templates of an app: closed once it has started. */
export class AppTemplates extends Templates {
  readonly #guard: TemplatesGuard

  constructor(host: TemplatesHost, guard: TemplatesGuard, engine: TemplateEngine) {
    super(host, engine)
    this.#guard = guard
  }

  override directory(path: string, namespace?: string): void {
    this.#guard.assertOpen('templates.directory')
    super.directory(path, namespace)
  }

  override global(name: string, value: unknown, options: TemplateOwner = {}): void {
    this.#guard.assertOpen('templates.global')
    super.global(name, value, options)
    this.#guard.claim(`template global '${name}'`, options.owner ?? 'app')
  }

  override filter(name: string, filter: Filter, options?: TemplateOwner): void {
    this.#guard.assertOpen('templates.filter')
    super.filter(name, filter, options)
  }

  override context(provide: (ctx: Context) => object | Promise<object>): void {
    this.#guard.assertOpen('templates.context')
    super.context(provide)
  }

  override engine(engine: TemplateEngine, options: TemplateOwner = {}): void {
    this.#guard.assertOpen('templates.engine')
    super.engine(engine, options)
    this.#guard.claim('template engine', options.owner ?? 'app')
  }
}
