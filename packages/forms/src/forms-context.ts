import { type Context, type CrossSiteVerdict, crossSiteVerdict, type OutputOf, type StandardSchema } from '@micro/core'
import { compileSchema } from './compiled-schema.ts'
import type { Form } from './form-view.ts'
import { DEFAULT_LIMITS, type FormLimits, type FormsConfig } from './forms-config.ts'
import { type FormOptions, readForm } from './read-form.ts'

/** `app.forms`: what forms of this app may hold, and whom it trusts. */
export interface FormsApp {
  readonly limits: FormLimits
  readonly trustedOrigins: readonly string[]
}

/** `ctx.forms`: forms by hand, and where the request comes from. */
export interface FormsContext {
  readonly limits: FormLimits
  /** Where the request comes from, judged as an unsafe one would be. */
  readonly origin: CrossSiteVerdict
  /** Whether the request may be taken for one of this app's own pages, of a trusted origin, or of no browser at all. */
  readonly isSameOrigin: boolean
  /**
   * Reads a form by hand: for schemas that depend on the request, such as the choices of one user.
   * @throws HttpError 422 for a JSON client; 415, 413, 400 for a body that cannot be read.
   */
  read<S extends StandardSchema>(schema: S, options?: FormOptions<OutputOf<S>>): Promise<Form<OutputOf<S>>>
}

/** The member of one request. */
export class RequestForms implements FormsContext {
  readonly limits: FormsConfig
  readonly #ctx: Context
  #origin: CrossSiteVerdict | undefined

  constructor(ctx: Context, config: FormsConfig) {
    this.#ctx = ctx
    this.limits = config
  }

  get origin(): CrossSiteVerdict {
    this.#origin ??= crossSiteVerdict(this.#ctx, this.limits)
    return this.#origin
  }

  get isSameOrigin(): boolean {
    return this.origin.allowed
  }

  async read<S extends StandardSchema>(schema: S, options: FormOptions<OutputOf<S>> = {}): Promise<Form<OutputOf<S>>> {
    return readForm(this.#ctx, compileSchema('ctx.forms.read', schema), { ...this.limits, ...options.limits }, options)
  }
}

/** Under this key, so that two copies of this package know each other's member. */
const FORMS: unique symbol = Symbol.for('micro.forms')

/** The member of one app. */
export class AppForms implements FormsApp {
  readonly limits: FormsConfig

  constructor(config: FormsConfig) {
    this.limits = config
  }

  get trustedOrigins(): readonly string[] {
    return this.limits.trustedOrigins
  }
}

Object.defineProperty(AppForms.prototype, FORMS, { value: true })

/** The limits of the app at hand, or the defaults where `forms()` is not installed; `changes` lie above them. */
export function limitsOf(ctx: Context, changes?: Partial<FormLimits>): FormLimits {
  const { forms } = ctx.app as { readonly forms?: Partial<FormsApp> }
  const limits = typeof forms === 'object' && forms !== null && FORMS in forms ? (forms.limits ?? DEFAULT_LIMITS) : DEFAULT_LIMITS
  // What the route or the request says of any form goes before what the app does, and behind what this one does.
  const { maxFields } = ctx.bodyLimits
  return maxFields === undefined && changes === undefined
    ? limits
    : { ...limits, ...(maxFields === undefined ? {} : { maxFields }), ...changes }
}
