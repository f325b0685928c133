import { blueprint, defineExtension, micro, options } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { DOORS } from './both.ts'
import { microErrorOf } from './micro-error-of.ts'
import { directory, moduleIn } from './template-site.ts'

const db = defineExtension({ name: 'db', version: '1.0.0', core: '*', config: options({}), initApp: () => ({ context: () => 'rows' }) })

describe('blueprint (P24)', () => {
  describe.each(DOORS)('through $name', ({ open }) => {
    test('its routes lie under its prefix and name, its hooks and error handlers concern them alone', async () => {
      const notes = blueprint('notes', import.meta, { needs: [db], prefix: '/notes' })
      notes.get('/', { name: 'index' }, (ctx) => [ctx.db, ctx.blueprint ?? null, ctx.route?.name ?? null, ctx.urlFor('.show', { id: 5 })])
      notes.get('/:id<int>', { name: 'show' }, (ctx) => ctx.urlFor('home'))
      notes.get('/fail', () => {
        throw new RangeError('out')
      })
      notes.beforeRequest((ctx) => ctx.setHeader('X-Notes', 'yes'))
      notes.onError(RangeError, (error) => `handled ${error.message}`)
      const { send } = await open((app) =>
        app
          .use(db)
          .register(notes as never)
          .get('/', { name: 'home' }, () => 'home'),
      )
      const index = await send('/notes')
      expect(index.json).toEqual(['rows', 'notes', 'notes.index', '/notes/5'])
      expect(index.headers.get('x-notes')).toBe('yes')
      expect((await send('/notes/5')).text).toBe('/')
      expect((await send('/notes/fail')).text).toBe('handled out')
      expect((await send('/')).headers.get('x-notes')).toBeNull()
      expect((await send('/notes/x')).headers.get('x-notes')).toBeNull()
    })
  })

  test('can be nested: names and prefixes add up, hooks run from the outside in', async () => {
    const log: string[] = []
    const inner = blueprint('inner', import.meta, { prefix: '/in' })
    inner.get('/', { name: 'x' }, (ctx) => ctx.urlFor('.x')).beforeRequest(() => void log.push('inner'))
    const outer = blueprint('outer', import.meta, { prefix: '/out' })
    outer.register(inner).beforeRequest(() => void log.push('outer'))
    const app = micro(import.meta, { env: {}, mode: 'test' })
      .register(outer)
      .beforeRequest(() => void log.push('app'))
    expect(await (await app.client().get('/out/in')).text()).toBe('/out/in')
    expect(log).toEqual(['app', 'outer', 'inner'])
    expect(app.urlFor('outer.inner.x')).toBe('/out/in')
    await app.stop()
  })

  test('knows no app: one value serves in two, and twice in one under another name', async () => {
    const pages = blueprint('pages', import.meta, { prefix: '/pages' })
    pages.get('/', { name: 'index' }, (ctx) => ctx.urlFor('.index'))
    const make = () => micro(import.meta, { env: {}, mode: 'test' }).register(pages)
    const one = make().register(pages, { name: 'more', prefix: '/more' })
    const two = make()
    expect(await (await one.client().get('/pages')).text()).toBe('/pages')
    expect(await (await one.client().get('/more')).text()).toBe('/more')
    expect(await (await two.client().get('/pages')).text()).toBe('/pages')
    expect((await two.client().get('/more')).status).toBe(404)
    await Promise.all([one.stop(), two.stop()])
  })

  test('where something it needs is missing, it is refused, also inside another', async () => {
    const needy = blueprint('needy', import.meta, { needs: [db] })
    const around = blueprint('around', import.meta)
    around.register(needy as never)
    for (const [given, name] of [
      [needy, 'needy'],
      [around, 'needy'],
    ] as const) {
      const error = await microErrorOf(() => micro(import.meta, { env: {} }).register(given as never))
      expect(error.code).toBe('MICRO_BLUEPRINT_NEED')
      expect(error.message).toContain(`blueprint '${name}' needs 'db': install it first with .use()`)
    }
  })

  const refused: readonly (readonly [code: string, attempt: () => unknown])[] = [
    ['MICRO_BLUEPRINT_NAME', () => blueprint('a b', import.meta)],
    ['MICRO_BLUEPRINT_NAME', () => blueprint('', import.meta)],
    [
      'MICRO_BLUEPRINT_TAKEN',
      () => {
        const twice = blueprint('twice', import.meta)
        micro(import.meta, { env: {} })
          .register(twice)
          .register(twice)
      },
    ],
    ['MICRO_EXTENSION_INVALID', () => micro(import.meta, { env: {} }).register({ name: 'x' } as never)],
    ['MICRO_EXTENSION_INVALID', () => micro(import.meta, { env: {} }).register(undefined as never)],
    [
      'MICRO_PATH_INVALID',
      () => micro(import.meta, { env: {} }).register(blueprint('a', import.meta, { prefix: 'a' as string }).get('/', () => 'x')).routes,
    ],
    [
      'MICRO_BLUEPRINT_CLOSED',
      () => {
        const late = blueprint('late', import.meta)
        micro(import.meta, { env: {} }).register(late)
        late.get('/', () => 'x')
      },
    ],
  ]
  test.each(refused)('%s', async (code, attempt) => {
    expect(await microErrorOf(attempt)).toMatchObject({ code })
  })

  test('templates and static files beside it are seen under its name', async () => {
    const root = directory({ 'notes/templates/a.ejs': 'page of notes', 'notes/static/a.css': 'b{}', 'static/own.css': 'own' })
    const notes = blueprint('notes', moduleIn(`${root}/notes`))
    notes.get('/', (ctx) => ctx.render('notes/a.ejs'))
    const app = micro(moduleIn(root), { env: {}, mode: 'test' }).register(notes)
    const client = app.client()
    expect(await (await client.get('/')).text()).toBe('page of notes')
    expect(await (await client.get(app.urlFor('static', { path: 'notes/a.css' }))).text()).toBe('b{}')
    expect(await (await client.get('/static/own.css')).text()).toBe('own')
    expect((await client.get('/static/a.css')).status).toBe(404)
    await app.stop()
  })
})
