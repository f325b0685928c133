/** What routing promises that compiles: params of paths, hosts, defaults, prefixes and converters. */
import { blueprint, type Converter, defineExtension, Micro, micro, middleware, options, redirectTo } from '@micro/core'
import { query } from '@micro/forms'
import { z } from 'zod'

/** Says that a type is exactly another. */
const is =
  <T>() =>
  <U extends T>(_value: U, ..._same: [T] extends [U] ? [] : [never]): string =>
    'x'

interface Point {
  readonly x: number
  readonly y: number
}
const point: Converter<Point> = {
  parse: (text) => {
    const [x, y] = text.split(',').map(Number)
    return x === undefined || y === undefined ? undefined : { x, y }
  },
  format: ({ x, y }) => `${x},${y}`,
}

// Converters of an app: the chain carries their types, also through a subclass, and beside those of extensions.
class Shop extends Micro {
  readonly currency = 'EUR'
}
const geo = defineExtension({ name: 'geo', version: '1.0.0', core: '*', config: options({}), converters: { point }, initApp: () => ({}) })
const shop = new Shop(import.meta)
  .use(geo)
  .useConverters({ even: { parse: (text) => (Number(text) % 2 === 0 ? Number(text) : undefined), format: String } })
shop.get('/at/:p<point>/:n<even>/:id<int>', (ctx) => is<number>()(ctx.params.p.x + ctx.params.n + ctx.params.id))
shop.get('/:currency', (ctx) => ({ own: shop.currency, given: ctx.params.currency.length }))

// Those of a blueprint, and of the extensions it needs. One may take the rest of a path.
const wiki = blueprint('wiki', import.meta, {
  needs: [geo],
  converters: { page: { rest: true, parse: (text) => text.split('/'), format: (parts) => (parts as string[]).join('/') } },
})
wiki.get('/map/:at<point>', (ctx) => is<Point>()(ctx.params.at))
wiki.get('/:page<page>', (ctx) => is<string[]>()(ctx.params.page))
shop.register(wiki)

// Hosts and defaults of a route are params; with middleware too, which may have narrowed others.
const app = micro(import.meta)
app.get('/notes/', { name: 'notes', defaults: { page: 1, order: 'new', all: false } }, (ctx) => ({
  page: is<number>()(ctx.params.page),
  order: is<string>()(ctx.params.order),
  all: is<boolean>()(ctx.params.all),
}))
app.get(
  '/:id<int>',
  { host: ':tenant.:region<any(eu,us)>.example.com' },
  (ctx) => is<number>()(ctx.params.id) + ctx.params.tenant + ctx.params.region,
)
app.get(
  '/:id',
  { subdomain: ':shard<int>', use: [query(z.object({ page: z.coerce.number() }))] },
  (ctx) => is<number>()(ctx.params.shard + ctx.query.page) + ctx.params.id,
)
const member = middleware(async (_ctx, next) => next({ member: { id: 1 } }))
app.get('/x/:id<int>', { defaults: { tab: 'log' }, use: [member] }, (ctx) => is<number>()(ctx.params.id + ctx.member.id) + ctx.params.tab)

// Those of a blueprint are known to its handlers, hooks and error handlers.
const site = blueprint('site', import.meta, { prefix: '/:lang<any(en,de)>/:year<int>', host: ':tenant.example.com', defaults: { page: 1 } })
site.get(
  '/:slug',
  (ctx) => is<string>()(ctx.params.lang + ctx.params.tenant + ctx.params.slug) + is<number>()(ctx.params.year + ctx.params.page),
)
site.beforeRequest((ctx) => ctx.setHeader('X-Year', ctx.params.year.toFixed()))
site.urlDefaults(({ ctx }) => ({ lang: ctx?.params.lang }))
site.register(blueprint('inside', import.meta, { prefix: '/:page' }).get('/', (ctx) => ctx.params.page))
app.register(site)

// Groups, the methods of one path and what they share.
app.group('/teams/:team<int>', (teams) => {
  teams
    .get('/', (ctx) => is<number>()(ctx.params.team))
    .group('/:user', (users) => users.get('/', (ctx) => `${ctx.params.team.toFixed()} ${ctx.params.user.length}`))
})
app
  .route('/files/:path<path>', { use: [member], defaults: { depth: 1 } })
  .get((ctx) => ctx.params.path + is<number>()(ctx.member.id + ctx.params.depth))
  .on(['COPY', 'MOVE'], { defaults: { to: 'x' } }, (ctx) => ctx.params.to + ctx.params.path)
  .on('PROPFIND', [query(z.object({ depth: z.coerce.number() }))], (ctx) => is<number>()(ctx.query.depth + ctx.member.id))

// Handlers that are made elsewhere.
app.all('/old/:id<int>', redirectTo('notes')).nameUrl('media', '/media/:file<path>', { origin: 'https://cdn.example.com' })
