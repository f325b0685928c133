/** Calls that must not compile. Above each stands the sentence that the compiler says, compared whole by the test. */
import { auth, type User } from '@micro/auth'
import { blueprint, type Converter, double, type Extension, type Member, micro, middleware, type OptionsFor } from '@micro/core'
import { db } from '@micro/db'
import { body } from '@micro/forms'
import { z } from 'zod'
import { type Schema, theAuth, theDb } from '../right/extensions.ts'
import { notes } from '../right/notes.ts'

declare const slug: Converter<string>
declare const render: () => Extension<'render', Member<1, 1>>
declare const otherDb: () => Extension<'db', Member<{ nope: 1 }, { nope: 1 }>>
const createApp = (options: OptionsFor<typeof theDb> = {}) => micro(import.meta, options).use(theDb)

// 'auth' needs 'db': install it first with .use()
micro(import.meta).use(theAuth)

// extension 'db' is already installed: give the second one another name with .as('…')
micro(import.meta).use(theDb).use(db<Schema>())

// extension 'render': 'render' is a member of core's own; choose another name
micro(import.meta).use(render())

// 'auth' needs 'db' of another type than the one installed
micro(import.meta).use(otherDb()).use(theAuth)

// blueprint 'notes' needs 'auth': install it first with .use()
micro(import.meta).use(theDb).register(notes)

// blueprint 'notes' needs 'db' of another type than the one installed
micro(import.meta).use(db<{ other: { id: number } }>()).use(theAuth).register(notes)

// this middleware needs 'auth': install it first with .use(), or name it in the blueprint's needs
micro(import.meta).get('/', [theAuth.loginRequired], () => 'x')

// this middleware needs 'auth': install it first with .use(), or name it in the blueprint's needs
blueprint('b', import.meta, { needs: [theDb] }).get('/', { use: [theAuth.loginRequired] }, () => 'x')

// a handler returns a string, an object, bytes, a stream or a Response: this one may return something else, or nothing
micro(import.meta).get('/', () => {})

// a handler returns a string, an object, bytes, a stream or a Response: this one may return something else, or nothing
micro(import.meta).get('/', async () => {})

// a handler returns a string, an object, bytes, a stream or a Response: this one may return something else, or nothing
micro(import.meta).get('/', (ctx) => (ctx.path === '/' ? null : 'x'))

// a handler returns a string, an object, bytes, a stream or a Response: this one may return something else, or nothing
micro(import.meta).get('/', () => 42)

// no converter 'itn' (core has string, int, float, uuid, any and path)
micro(import.meta).get('/:n<itn>', () => 'x')

// a param is one whole segment: write '/:id' instead of '/note:id'
micro(import.meta).get('/note:id', () => 'x')

// a param starts with a colon: write '/:id<int>' instead of '/<int:id>'
micro(import.meta).get('/notes/<int:id>', () => 'x')

// a param starts with a colon: write '/:id<int>' instead of '/{id:int}'
micro(import.meta).get('/notes/{id:int}/edit', () => 'x')

// a param starts with a colon: write '/:id' instead of '/<id>'
micro(import.meta).get('/notes/<id>', () => 'x')

// a param starts with a colon: write '/:id' instead of '/{id}'
micro(import.meta).get('/notes/{id}', () => 'x')

// a param starts with a colon: write '/:id' instead of '/{id}'
micro(import.meta).get('/:team/notes/{id}/edit', () => 'x')

// a param starts with a colon: write '/:team' instead of '/{team}'
micro(import.meta).get('/{team}/notes/:id', () => 'x')

// 'id?' is not a name for a param: use letters, digits and '_'
micro(import.meta).get('/notes/:id?', () => 'x')

// 'id(int)' is not a name for a param: use letters, digits and '_'
micro(import.meta).get('/notes/:id(int)/edit', () => 'x')

// '1st' is not a name for a param: use letters, digits and '_'
micro(import.meta).get('/notes/:1st<int>', () => 'x')

// a param needs a name: ':name'
micro(import.meta).get('/notes/:<int>', () => 'x')

// '/files/*' is no path of literal segments: a rest is written '/:rest<path>'
micro(import.meta).get('/:team/files/*', () => 'x')

// '/notes?' is no path of literal segments: a rest is written '/:rest<path>'
micro(import.meta).get('/notes?', () => 'x')

// a path starts with '/': write '/notes'
micro(import.meta).get('notes', () => 'x')

// a param with the converter 'path' takes the rest of the path: it must be the last segment
micro(import.meta).get('/:rest<path>/edit', () => 'x')

// there is a converter 'int' already: choose another name
micro(import.meta).useConverters({ int: slug })

// there is a converter 'slug' already: choose another name
micro(import.meta).useConverters({ slug }).useConverters({ slug })

// no converter 'slug' (core has string, int, float, uuid, any and path)
micro(import.meta).get('/:s<slug>', () => 'x')

// no converter 'slug' (core has string, int, float, uuid, any and path)
micro(import.meta).route('/:s<slug>').get(() => 'x')

// a param with the converter 'pages' takes the rest of the path: it must be the last segment
blueprint('wiki', import.meta, { converters: { pages: { ...slug, rest: true } } }).get('/:p<pages>/edit', () => 'x')

// Property 'toUpperCase' does not exist on type 'number'.
micro(import.meta).get('/', { defaults: { page: 1 } }, (ctx) => ctx.params.page.toUpperCase())

// Property 'tenant' does not exist on type '{ readonly id: string; } & { readonly user: string; }'.
micro(import.meta).get('/:id', { host: ':user.example.com' }, (ctx) => ctx.params.tenant)

// this middleware needs 'auth': install it first with .use(), or name it in the blueprint's needs
micro(import.meta).route('/', { use: [theAuth.loginRequired] }).get(() => 'x')

// blueprint 'needy' needs 'db': install it first with .use()
blueprint('outer', import.meta).register(blueprint('needy', import.meta, { needs: [theDb] }))

// no converter 'slug' (core has string, int, float, uuid, any and path)
blueprint('b', import.meta, { prefix: '/:s<slug>' })

// a path starts with '/': write '/admin'
micro(import.meta).group('admin', () => undefined)

// Property 'mailer' does not exist on type 'Context<"/", {}>'.
micro(import.meta).get('/', (ctx) => ctx.mailer.send())

// Property 'toUpperCase' does not exist on type 'number'.
micro(import.meta).post('/', [body(z.object({ a: z.number() }))], (ctx) => ctx.body.a.toUpperCase())

// Property 'role' does not exist on type 'User'.
micro(import.meta).use(theDb).use(auth<User>()).get('/', async (ctx) => ({ role: (await ctx.auth.user())?.role }))

// Object literal may only specify known properties, and 'ulr' does not exist in type 'DbOptions'.
createApp({ config: { db: { ulr: ':memory:' } } })

// Object literal may only specify known properties, and 'nope' does not exist in type 'Connections<Schema>'.
double(theDb, { app: { nope: 1 } })

// Object literal may only specify known properties, and 'naem' does not exist in type 'readonly AnyMiddleware[] | RouteOptions'.
micro(import.meta).get('/', { naem: 'x' }, () => 'x')

// Property 'selectFrom' does not exist on type 'Context<string, {}>'.
middleware(async (ctx, next) => next({ x: ctx.selectFrom }))
