import type { Context } from '@micro/core'
import type { CompiledSchema } from './compiled-schema.ts'
import { parseFieldName } from './field-name.ts'
import type { Form } from './form-view.ts'
import type { FormLimits } from './forms-config.ts'
import { type Issue, validationError } from './issue.ts'
import { pageForm } from './page-form.ts'
import { finishReading, type ReadBody, startReading } from './read-body.ts'
import { checkBody, type Outcome, type Soon } from './read-value.ts'

/** Errors by field name; the empty name is the form as a whole. */
export type FieldErrors = { readonly [name: string]: string | undefined }

/** How a body or form is checked. */
export interface CheckOptions<O> {
  /**
   * A check that needs more than the values themselves, such as a database. It runs when the schema has accepted everything, and
   * gives the errors it finds by field name.
   */
  readonly check?: (data: O, ctx: Context) => FieldErrors | undefined | Promise<FieldErrors | undefined>
  /** Limits of this body in the place of `config.forms`'s. */
  readonly limits?: Partial<FormLimits>
}

/** How a form is read. */
export interface FormOptions<O> extends CheckOptions<O> {
  /** Put before the ids of its fields, so that two forms of one page have no id in common. */
  readonly id?: string
}

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * The form of a request: blank on GET, read from the body otherwise. Clients that talk JSON get their errors as JSON.
 * @throws HttpError 422 for a JSON client; 400, 413, 415 for a body that cannot be read.
 */
export async function readForm<O>(ctx: Context, schema: CompiledSchema<O>, limits: FormLimits, options: FormOptions<O>): Promise<Form<O>> {
  if (SAFE.has(ctx.method)) {
    return formOf(ctx, schema, null, { ok: false, issues: [] }, options.id)
  }
  const reading = startReading(ctx)
  const body = finishReading(reading, await reading.sent, limits)
  const outcome = await examine(ctx, body, schema, limits, options)
  if (!outcome.ok && wantsJson(ctx, body)) {
    throw validationError('body', outcome.issues)
  }
  const form = formOf(ctx, schema, body, outcome, options.id)
  if (!form.ok) {
    ctx.status = 422
  }
  return form
}

/** Holds a body against its schema, then against the check of its author. */
export function examine<O>(
  ctx: Context,
  body: ReadBody,
  schema: CompiledSchema<O>,
  limits: FormLimits,
  options: CheckOptions<O>,
): Soon<Outcome<O>> {
  const outcome = checkBody(body, schema, limits)
  return options.check === undefined ? outcome : further(ctx, outcome, options.check)
}

async function further<O>(
  ctx: Context,
  checked: Soon<Outcome<O>>,
  check: Exclude<CheckOptions<O>['check'], undefined>,
): Promise<Outcome<O>> {
  const outcome = await checked
  if (!outcome.ok) {
    return outcome
  }
  const issues = issuesOfErrors((await check(outcome.data, ctx)) ?? {})
  return issues.length === 0 ? outcome : { ok: false, issues }
}

/** The form of a body and its outcome, for a page. */
export function formOf<O>(
  ctx: Context,
  schema: CompiledSchema<O>,
  body: ReadBody | null,
  outcome: Outcome<O>,
  id: string | undefined,
): Form<O> {
  return pageForm({
    shape: schema.shape,
    id,
    texts: body === null ? null : body.kind === 'fields' ? body.fields.texts : new Map(),
    issues: outcome.ok ? [] : outcome.issues,
    outcome,
    onFail: () => {
      ctx.status = 422
    },
  })
}

/** Whether errors are told as JSON: to who sent JSON, and to who accepts JSON but no HTML. */
export function wantsJson(ctx: Context, body: ReadBody): boolean {
  const accept = ctx.headers.get('accept') ?? ''
  return body.kind === 'value' || (/[/+]json\b/i.test(accept) && !/\btext\/html\b/i.test(accept))
}

function issuesOfErrors(errors: FieldErrors): readonly Issue[] {
  return Object.entries(errors).flatMap(([name, message]) => {
    const keys = name === '' ? [] : parseFieldName(name, 64)
    return message === undefined ? [] : [{ path: typeof keys === 'string' ? [name] : keys.filter((key) => key !== ''), message }]
  })
}
