/** Writes applications of a given size, for the compiler alone: routes with typed params and a query schema, spread over many files. */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** `micro` is the application with the framework; `by-hand` the same schemas and handlers without it. */
export type Variant = 'micro' | 'by-hand'

const FILES = 50

const CONFIG = {
  extends: '../../../tsconfig/base.json',
  include: ['*.ts'],
  compilerOptions: { noEmit: true, allowImportingTsExtensions: true, rewriteRelativeImportExtensions: false },
}

/** Writes an application with `routes` routes in 50 files into `directory`, which is emptied first. */
export async function writeTypeProject(directory: string, variant: Variant, routes: number): Promise<void> {
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { recursive: true })
  const parts = Array.from({ length: FILES }, (_, part) => part)
  const files: [string, string][] = [
    ['tsconfig.json', JSON.stringify(CONFIG)],
    ...parts.map((part): [string, string] => [`part${part}.ts`, partOf(variant, part, numbersOf(part, routes))]),
    ...(variant === 'micro' ? microFiles(parts) : [BY_HAND_ROUTE]),
  ]
  await Promise.all(files.map(([name, text]) => writeFile(join(directory, name), text)))
}

/** The numbers of the routes of one file: every route is in one, also where they do not divide evenly. */
function numbersOf(part: number, routes: number): number[] {
  const from = Math.floor((part * routes) / FILES)
  const to = Math.floor(((part + 1) * routes) / FILES)
  return Array.from({ length: to - from }, (_, index) => from + index)
}

function partOf(variant: Variant, part: number, numbers: readonly number[]): string {
  const routes = numbers.map((number) => {
    const schema = `const Query${number} = z.object({
  page: z.coerce.number().int().min(1).default(1),
  search: z.string().max(80).optional(),
})`
    return `${schema}\n${variant === 'micro' ? microRoute(part, number) : byHandRoute(number)}`
  })
  return `${variant === 'micro' ? microHead(part) : BY_HAND_HEAD}\n${routes.join('\n\n')}\n`
}

function answer(params: string, query: string): string {
  return `({ id: ${params}.id.toFixed(), slug: ${params}.slug.length, page: ${query}.page.toFixed(), search: ${query}.search?.length })`
}

function microHead(part: number): string {
  return `import { blueprint } from '@micro/core'
import { query } from '@micro/forms'
import { z } from 'zod'
import { theAuth, theDb } from './extensions.ts'

export const part${part} = blueprint('part${part}', import.meta, { needs: [theDb, theAuth], prefix: '/part${part}' })
`
}

function microRoute(part: number, number: number): string {
  return `part${part}.get('/things${number}/:id<int>/:slug', [query(Query${number})], (ctx) => ${answer('ctx.params', 'ctx.query')})`
}

function microFiles(parts: readonly number[]): [string, string][] {
  const extensions = `import { auth, type User } from '@micro/auth'
import { db } from '@micro/db'
import type { Generated } from 'kysely'

interface Schema {
  readonly note: { readonly id: Generated<number>; readonly title: string; readonly authorId: number }
}

export interface AppUser extends User {
  readonly role: 'admin' | 'member'
}

export const theDb = db<Schema>()
export const theAuth = auth<AppUser>()
`
  const app = `import { micro } from '@micro/core'
import { forms } from '@micro/forms'
import { uploads } from '@micro/uploads'
import { theAuth, theDb } from './extensions.ts'
${parts.map((part) => `import { part${part} } from './part${part}.ts'`).join('\n')}

export const app = micro(import.meta)
  .use(theDb)
  .use(forms())
  .use(uploads())
  .use(theAuth)
${parts.map((part) => `app.register(part${part})`).join('\n')}
`
  return [
    ['extensions.ts', extensions],
    ['app.ts', app],
  ]
}

const BY_HAND_HEAD = `import { z } from 'zod'
import { route } from './route.ts'
`

const BY_HAND_ROUTE: [string, string] = [
  'route.ts',
  'export declare function route(path: string, handler: (params: never, query: never) => object): void\n',
]

function byHandRoute(number: number): string {
  const types = `(params: { id: number; slug: string }, query: z.output<typeof Query${number}>)`
  return `route('/things${number}/:id/:slug', ${types} => ${answer('params', 'query')})`
}
