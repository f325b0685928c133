import { abort } from '@micro/core'
import type { Kysely, SelectQueryBuilder } from 'kysely'
import type { Page, PageOptions } from './db-member.ts'

/** What holds where neither the call nor the request says. */
export interface PageDefaults {
  readonly perPage: number
  readonly maxPerPage: number
}

/** What is read of a request: `query` is what a schema has made of it, or the one of the address. */
export interface PageRequest {
  readonly query: unknown
  readonly url: URL
}

/** Beyond this a database's own integers end. */
const MAX_PAGE = 2 ** 31 - 1

/** One page of a query's rows, by what the request asks for, if there is one. */
export async function paginate<DB, T extends keyof DB, O>(
  db: Kysely<unknown>,
  query: SelectQueryBuilder<DB, T, O>,
  options: PageOptions,
  defaults: PageDefaults,
  request: PageRequest | undefined,
): Promise<Page<O>> {
  const max = options.max ?? defaults.maxPerPage
  const page = positive('page', options.page ?? requestedValue(request, 'page') ?? 1)
  const perPage =
    options.perPage === undefined
      ? Math.min(positive('perPage', requestedValue(request, 'perPage') ?? defaults.perPage), max)
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

/** A value of the query, as a schema has made it, or as it was sent where no schema speaks of it. */
function requestedValue(request: PageRequest | undefined, name: string): unknown {
  const { query, url } = request ?? {}
  return typeof query === 'object' && query !== null && Object.hasOwn(query, name)
    ? (query as { readonly [name: string]: unknown })[name]
    : (url?.searchParams.get(name) ?? undefined)
}

function positive(name: string, value: unknown): number {
  const number = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 1 || number > MAX_PAGE) {
    abort(400, `'${name}' must be a positive integer.`)
  }
  return number
}
