import type { Context, OutputOf, StandardSchema } from '@micro/core'
import { compileSchema } from './compiled-schema.ts'
import { type CrossSitePolicy, type CrossSiteVerdict, judgeOrigin } from './cross-site.ts'
import type { Form } from './form-view.ts'
import { DEFAULT_LIMITS, type FormLimits } from './forms-config.ts'
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

/** Under this key, so that two copies of this package know each other's member. */
const FORMS: unique symbol = Symbol.for('micro.forms')

/** The member of one request. */
export class RequestForms implements FormsContext {
  readonly limits: FormLimits
  readonly #ctx: Context
  readonly #policy: CrossSitePolicy
  #origin: CrossSiteVerdict | undefined

  constructor(ctx: Context, limits: FormLimits, policy: CrossSitePolicy) {
    this.#ctx = ctx
    this.limits = limits
    this.#policy = policy
  }

  get origin(): CrossSiteVerdict {
    this.#origin ??= judgeOrigin(this.#ctx, this.#policy)
    return this.#origin
  }

  get isSameOrigin(): boolean {
    return this.origin.allowed
  }

  read<S extends StandardSchema>(schema: S, options: FormOptions<OutputOf<S>> = {}): Promise<Form<OutputOf<S>>> {
    return readForm(this.#ctx, compileSchema('ctx.forms.read', schema), { ...this.limits, ...options.limits }, options)
  }
}

Object.defineProperty(RequestForms.prototype, FORMS, { value: true })

/** The limits of the app at hand, or the defaults where `forms()` is not installed; `changes` lie above them. */
export function limitsOf(ctx: Context, changes?: Partial<FormLimits>): FormLimits {
  const { forms } = ctx as { readonly forms?: Partial<FormsContext> }
  const limits = typeof forms === 'object' && forms !== null && FORMS in forms ? (forms.limits ?? DEFAULT_LIMITS) : DEFAULT_LIMITS
  return changes === undefined ? limits : { ...limits, ...changes }
}
