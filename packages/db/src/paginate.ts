import { abort } from '@micro/core'
import type { Kysely, SelectQueryBuilder } from 'kysely'
import type { Page, PageOptions } from './db-member.ts'

/** What holds where neither the call nor the request says. */
export interface PageDefaults {
  readonly perPage: number
  readonly maxPerPage: number
}

/** Beyond this a database's own integers end. */
const MAX_PAGE = 2 ** 31 - 1

/** One page of a query's rows. `requested` is the request's query, if there is a request. */
export async function paginate<DB, T extends keyof DB, O>(
  db: Kysely<unknown>,
  query: SelectQueryBuilder<DB, T, O>,
  options: PageOptions,
  defaults: PageDefaults,
  requested: unknown,
): Promise<Page<O>> {
  const max = options.max ?? defaults.maxPerPage
  const page = positive('page', options.page ?? requestedValue(requested, 'page') ?? 1)
  const perPage =
    options.perPage === undefined
      ? Math.min(positive('perPage', requestedValue(requested, 'perPage') ?? defaults.perPage), max)
      : positive('perPage', options.perPage)
  const total = await count(db, query)
  const offset = (page - 1) * perPage
  const items = offset < total ? await query.limit(perPage).offset(offset).execute() : []
  const pages = Math.ceil(total / perPage)
  return { items, page, perPage, total, pages, hasNext: page < pages, hasPrevious: page > 1 }
}

async function count<DB, T extends keyof DB, O>(db: Kysely<unknown>, query: SelectQueryBuilder<DB, T, O>): Promise<number> {
  const all = query.clearOrderBy().clearLimit().clearOffset().as('counted')
  const { total } = await db
    .selectFrom(all)
    .select((build) => build.fn.countAll().as('total'))
    .executeTakeFirstOrThrow()
  return Number(total)
}

/** A value of the query, whether it is as it was sent or as a schema has made it. */
function requestedValue(requested: unknown, name: string): unknown {
  if (requested instanceof URLSearchParams) {
    return requested.get(name) ?? undefined
  }
  return typeof requested === 'object' && requested !== null ? (requested as { readonly [name: string]: unknown })[name] : undefined
}

function positive(name: string, value: unknown): number {
  const number = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 1 || number > MAX_PAGE) {
    abort(400, `'${name}' must be a positive integer.`)
  }
  return number
}
