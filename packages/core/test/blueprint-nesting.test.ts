import { blueprint, defineExtension, type LogLine, type Micro, type MicroOptions, micro, options } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { DOORS } from './both.ts'
import { runMicro } from './child.ts'
import { microErrorOf } from './micro-error-of.ts'
import { project } from './project.ts'
import { directory, moduleIn } from './template-site.ts'

const make = (given: MicroOptions = {}): Micro => micro(import.meta, { env: {}, mode: 'test', ...given })

interface Hooked {
  beforeRequest(run: () => undefined): unknown
  afterRequest(run: () => undefined): unknown
  teardownRequest(run: () => undefined): unknown
}

describe('prefixes', () => {
  // Those of Flask's own test, with what a path may be here: it begins with a slash, and '/' is the prefix itself.
  const joined: readonly (readonly [prefix: string, path: string, url: string | null])[] = [
    ['', '/', '/'],
    ['/', '', null],
    ['/', '/', '/'],
    ['/foo', '', null],
    ['/foo', '/', '/foo'],
    ['/foo/', '', null],
    ['/foo/', '/', '/foo/'],
    ['', '/bar', '/bar'],
    ['/', '/bar', '/bar'],
    ['/foo/', '/bar', '/foo/bar'],
    ['/foo/', 'bar', null],
    ['/foo', '/bar', '/foo/bar'],
    ['/foo/', '//bar', null],
    ['/foo//', '/bar', null],
    ['foo', '/bar', null],
  ]
  test.each(joined)('prefix %j and path %j', async (prefix, path, url) => {
    const pages = blueprint('pages', import.meta, { prefix })
    const attempt = () => {
      pages.get(path as '/', () => 'x')
      return make()
        .register(pages)
        .routes.map((route) => route.path)
    }
    if (url === null) {
      expect(await microErrorOf(attempt)).toMatchObject({ code: 'MICRO_PATH_INVALID' })
    } else {
      expect(attempt()).toEqual([url])
    }
  })

  test('prefixes of nested blueprints add up; params in them are typed where they are named', async () => {
    const child = blueprint('child', import.meta, { prefix: '/:id<int>' })
    child.get('/', { name: 'it' }, (ctx) => [ctx.params.id + 1, ctx.route?.blueprints])
    const parent = blueprint('parent', import.meta, { prefix: '/:team/' }).register(child)
    parent.get('/', (ctx) => [ctx.params.team.length])
    const app = make().register(parent).register(parent, { name: 'second', prefix: '/second/:team' })
    const client = app.client()
    expect(await (await client.get('/abc/')).json()).toEqual([3])
    expect(await (await client.get('/abc/5')).json()).toEqual([6, ['parent.child', 'parent']])
    expect(await (await client.get('/second/abc/5')).json()).toEqual([6, ['second.child', 'second']])
    expect(app.urlFor('second.child.it', { team: 't', id: 1 })).toBe('/second/t/1')
    await app.stop()
  })
})

describe('registering', () => {
  test('what the registration says comes before what the blueprint says: prefix, defaults, strictness', async () => {
    const pages = blueprint('pages', import.meta, { prefix: '/pages', defaults: { kind: 'own', page: 1 } })
    pages.get('/', (ctx) => [ctx.params.kind.toUpperCase(), ctx.params.page + 1])
    pages.get('/leaf', { defaults: { page: 9 } }, (ctx) => [ctx.params.kind, ctx.params.page])
    const app = make()
      .register(pages)
      .register(pages, { name: 'archive', prefix: '/archive', defaults: { kind: 'archived' }, strictSlashes: false })
    const client = app.client()
    const json = async (path: string) => (await client.get(path)).json().catch(() => null)
    expect([await json('/pages'), await json('/pages/leaf')]).toEqual([
      ['OWN', 2],
      ['own', 9],
    ])
    expect([await json('/archive'), await json('/archive/leaf/')]).toEqual([
      ['ARCHIVED', 2],
      ['archived', 9],
    ])
    expect((await client.get('/pages/leaf/')).status).toBe(404)
    await app.stop()
  })

  const refused: readonly (readonly [code: string, says: string, attempt: () => unknown])[] = [
    [
      'MICRO_BLUEPRINT_SELF',
      "The blueprint 'a' would be registered inside itself",
      () => {
        const a = blueprint('a', import.meta)
        a.register(a)
      },
    ],
    [
      'MICRO_BLUEPRINT_SELF',
      "The blueprint 'inner' would be registered inside itself",
      () => {
        const inner = blueprint('inner', import.meta)
        inner.register(blueprint('outer', import.meta).register(inner))
      },
    ],
    [
      'MICRO_BLUEPRINT_TAKEN',
      "'a' is registered already",
      () =>
        make()
          .register(blueprint('a', import.meta))
          .register(blueprint('a', import.meta)),
    ],
    [
      'MICRO_BLUEPRINT_TAKEN',
      "'out.a' is registered already. Register it under another name: register(blueprint, { name: … })",
      () =>
        blueprint('out', import.meta)
          .register(blueprint('a', import.meta))
          .register(blueprint('b', import.meta), { name: 'a' }),
    ],
    ['MICRO_BLUEPRINT_NAME', "'a.b' is not", () => make().register(blueprint('a', import.meta), { name: 'a.b' })],
    ['MICRO_BLUEPRINT_NAME', "'a.b' is not", () => blueprint('a.b', import.meta)],
    [
      'MICRO_BLUEPRINT_CLOSED',
      "blueprint 'late': .beforeRequest() was called after it had been registered in an app, which would not see it. Move the call above the line app.register(…)",
      () => {
        const late = blueprint('late', import.meta)
        make().register(late)
        late.beforeRequest(() => undefined)
      },
    ],
    [
      'MICRO_BLUEPRINT_CLOSED',
      "blueprint 'inner': .get()",
      () => {
        const inner = blueprint('inner', import.meta)
        make().register(blueprint('outer', import.meta).register(inner))
        inner.get('/', () => 'x')
      },
    ],
  ]
  test.each(refused)('%s: %s', async (code, says, attempt) => {
    const error = await microErrorOf(attempt)
    expect(error.code).toBe(code)
    expect(error.message).toContain(says)
  })

  test('onRegister runs at each registration, appWide once for each app', () => {
    const log: unknown[] = []
    const child = blueprint('child', import.meta, { prefix: '/c' })
    const pages = blueprint('pages', import.meta, { prefix: '/p', host: 'a.example.com' }).register(child)
    child.onRegister(({ name, prefix, host, isFirst }) => void log.push([name, prefix, host, isFirst]))
    pages.onRegister(({ app, name, isFirst }) => void log.push([name, app.mode, isFirst]))
    pages.appWide(() => void log.push('wide'))
    make().register(pages).register(pages, { name: 'more', prefix: '/m' })
    make({ mode: 'production' }).register(pages)
    expect(log).toEqual([
      'wide',
      ['pages', 'test', true],
      ['pages.child', '/p/c', 'a.example.com', true],
      ['more', 'test', false],
      ['more.child', '/m/c', 'a.example.com', false],
      'wide',
      ['pages', 'production', true],
      ['pages.child', '/p/c', 'a.example.com', true],
    ])
  })

  test('the needs of a blueprint are those of the blueprints inside it too', async () => {
    const ext = <const N extends string>(name: N) =>
      defineExtension({ name, version: '1.0.0', core: '*', config: options({}), initApp: () => ({ context: () => name }) })
    const inner = blueprint('inner', import.meta, { needs: [ext('two')] })
    const outer = blueprint('outer', import.meta, { needs: [ext('one'), ext('two')] }).register(inner)
    outer.get('/', (ctx) => ctx.json([(ctx as unknown as { one: string }).one]))
    const error = await microErrorOf(() =>
      make()
        .use(ext('one'))
        .register(outer as never),
    )
    expect([error.code, error.message]).toEqual(['MICRO_BLUEPRINT_NEED', expect.stringContaining("blueprint 'outer' needs 'two'")])
    expect(
      make()
        .use(ext('one'))
        .use(ext('two'))
        .register(outer as never).routes,
    ).toHaveLength(1)
  })
})

describe.each(DOORS)('blueprints through $name', ({ open }) => {
  test("a parent's hooks wrap its children's, the app's wrap both; the innermost error handler answers", async () => {
    const log: string[] = []
    const note = (text: string) => () => void log.push(text)
    const hooked = <B extends Hooked>(name: string, target: B): B => {
      target.beforeRequest(note(`before ${name}`))
      target.afterRequest(note(`after ${name}`))
      target.teardownRequest(note(`teardown ${name}`))
      return target
    }
    const inner = hooked('inner', blueprint('inner', import.meta, { prefix: '/inner' }))
    inner
      .get('/', () => 'x')
      .get('/range', () => {
        throw new RangeError('deep')
      })
      .get('/type', () => {
        throw new TypeError('deep')
      })
    inner.onError(RangeError, () => 'inner handled')
    const sibling = hooked('sibling', blueprint('sibling', import.meta, { prefix: '/sibling' })).get('/', () => 'x')
    const outer = hooked('outer', blueprint('outer', import.meta, { prefix: '/outer' }))
      .register(inner)
      .register(sibling)
    outer.onError(RangeError, () => 'outer handled').onError(TypeError, () => 'outer handled')
    const { send } = await open((app) =>
      hooked('app', app)
        .register(outer)
        .onError(TypeError, () => 'app handled'),
    )
    expect((await send('/outer/inner')).text).toBe('x')
    // Teardowns follow the reply.
    await expect
      .poll(() => log)
      .toEqual([
        'before app',
        'before outer',
        'before inner',
        'after inner',
        'after outer',
        'after app',
        'teardown inner',
        'teardown outer',
        'teardown app',
      ])
    expect([(await send('/outer/inner/range')).text, (await send('/outer/inner/type')).text]).toEqual(['inner handled', 'outer handled'])
  })

  test('error handlers answer for unmatched addresses under the prefix: those of the innermost blueprint first', async () => {
    const inner = blueprint('inner', import.meta, { prefix: '/inner' })
    inner.get('/', { name: 'index' }, () => 'x').post('/only', () => 'x')
    inner.onError(404, (_error, ctx) => `inner 404 ${ctx.blueprint} ${ctx.urlFor('.index')}`)
    const plain = blueprint('plain', import.meta, { prefix: '/plain' }).get('/', () => 'x')
    const outer = blueprint('outer', import.meta, { prefix: '/out/:id<int>' })
      .register(inner)
      .register(plain)
    outer.onError(404, (_error, ctx) => `outer 404 ${ctx.blueprint}`).onError(405, (error) => `outer 405 ${error.status}`)
    const hosted = blueprint('hosted', import.meta, { host: 'h.example.com' }).get('/', () => 'x')
    hosted.onError(404, () => 'hosted 404')
    const loose = blueprint('loose', import.meta).get('/loose', () => 'x')
    loose.onError(404, () => 'never')
    const log: string[] = []
    outer.beforeRequest(() => void log.push('outer'))
    const { send } = await open((app) => {
      app
        .urlDefaults(() => ({ id: 5 }))
        .register(outer)
        .register(loose)
        .register(hosted)
      app.onError(404, () => 'app 404')
      app.beforeRequest(() => void log.push('app'))
    })
    const seen = async (path: string, method = 'GET', headers = {}) => {
      const { status, text } = await send(path, { method, headers })
      return [status, text]
    }
    expect(await seen('/out/5/inner/nowhere')).toEqual([404, 'inner 404 outer.inner /out/5/inner'])
    expect(await seen('/out/5/inne')).toEqual([404, 'outer 404 outer'])
    expect(await seen('/out/5/inner%2fx')).toEqual([404, 'outer 404 outer'])
    expect(await seen('/out/5/plain/x')).toEqual([404, 'outer 404 outer.plain'])
    expect(await seen('/out/5/inner/only')).toEqual([405, 'outer 405 405'])
    expect(await seen('/out/x/inner')).toEqual([404, 'app 404'])
    expect(await seen('/out')).toEqual([404, 'app 404'])
    expect(await seen('/nowhere')).toEqual([404, 'app 404'])
    expect(await seen('/nowhere', 'GET', { Host: 'h.example.com' })).toEqual([404, 'hosted 404'])
    // Its hooks are for its routes: none was asked.
    expect(new Set(log)).toEqual(new Set(['app']))
  })

  test('appWide: hooks and error handlers of every request, template globals, filters and values', async () => {
    const root = directory({ 'app/templates/page.ejs': '<%= site %> <%= shout(word) %> <%= mine %>' })
    const pages = blueprint('pages', import.meta, { prefix: '/pages' })
    pages.get('/', (ctx) => ctx.render('page.ejs', { word: 'a' }))
    pages.templates.context((ctx) => ({ mine: `pages ${ctx.path}` }))
    pages.appWide((app) => {
      app.beforeRequest((ctx) => ctx.setHeader('X-Wide', 'yes'))
      app.onError(404, () => 'wide 404')
      app.templates.global('site', 'Site')
      app.templates.filter('shout', (text) => String(text).toUpperCase())
    })
    const { send } = await open(
      (app) => {
        app.register(pages).register(pages, { name: 'again', prefix: '/again' })
        app.templates.context((ctx) => (ctx.blueprint === undefined ? { mine: 'nobody' } : {}))
        app.get('/', (ctx) => ctx.render('page.ejs', { word: 'b' }))
      },
      { root: `${root}/app` },
    )
    expect([(await send('/pages')).text, (await send('/again')).text, (await send('/')).text]).toEqual([
      'Site A pages /pages',
      'Site A pages /again',
      'Site B nobody',
    ])
    const missing = await send('/nowhere')
    expect([missing.text, missing.headers.get('x-wide')]).toEqual(['wide 404', 'yes'])
  })
})

test('what a blueprint declares for the whole app is its own to answer for', async () => {
  const lines: LogLine[] = []
  const pages = blueprint('pages', import.meta)
  pages.appWide((app) => {
    app.beforeRequest(() => {
      throw new Error('broken')
    })
  })
  const app = make({ logSink: (line) => lines.push(line) }).register(pages)
  app.beforeRequest(() => undefined)
  app.get('/', () => 'x')
  expect((await app.client().get('/')).status).toBe(500)
  expect(lines.find(({ level }) => level === 'error')?.fields.blueprint).toBe('pages')
  expect(app['~declarations'].before.map(({ owner }) => owner)).toEqual(['blueprint pages', 'app'])
  await app.stop()
})

describe('files of a blueprint', () => {
  test('static files are named <blueprint>.static, also relative and under another name; the app has no say in them', async () => {
    const root = directory({
      'notes/templates/a.ejs': 'own <%= urlFor(".static", { path: "a.css" }) %>',
      'notes/static/a.css': 'b{}',
      'static/a.css': 'app',
      'templates/x.ejs': 'x',
    })
    const notes = blueprint('notes', moduleIn(`${root}/notes`))
    notes.get('/', (ctx) => ctx.render('notes/a.ejs'))
    const app = micro(moduleIn(root), { env: {}, mode: 'test' })
      .register(notes, { name: 'archive' })
      .register(notes, { name: 'second', prefix: '/second' })
    const client = app.client()
    expect(await (await client.get('/')).text()).toMatch(/^own \/static\/notes\/a\.css\?v=/)
    const url = app.urlFor('archive.static', { path: 'a.css' })
    expect([url, app.urlFor('second.static', { path: 'a.css' })]).toEqual([expect.stringMatching(/^\/static\/notes\/a\.css\?v=/), url])
    expect(await (await client.get('/static/notes/a.css')).text()).toBe('b{}')
    expect(await (await client.get('/static/a.css')).text()).toBe('app')
    await app.stop()
  })

  test('two blueprints of one name, in different places, have their files both', async () => {
    const root = directory({ 'one/admin/static/one.css': '1', 'two/admin/static/two.css': '2', 'static/x': 'x' })
    const one = blueprint('one', moduleIn(`${root}/one`)).register(blueprint('admin', moduleIn(`${root}/one/admin`)))
    const two = blueprint('two', moduleIn(`${root}/two`)).register(blueprint('admin', moduleIn(`${root}/two/admin`)))
    const app = micro(moduleIn(root), { env: {}, mode: 'test' }).register(one).register(two)
    const client = app.client()
    expect([await (await client.get('/static/admin/one.css')).text(), await (await client.get('/static/admin/two.css')).text()]).toEqual([
      '1',
      '2',
    ])
    await app.stop()
  })
})

describe('commands of a blueprint', () => {
  test('stand under its name, under words that are given, or at the top; one without commands has no group', async () => {
    const command = { description: 'x', start: false }
    const inner = blueprint('inner', import.meta)
    inner.cli.command('deep', command, () => undefined)
    const notes = blueprint('notes', import.meta).register(inner)
    notes.cli.command('import', command, () => undefined)
    const top = blueprint('top', import.meta, { cliGroup: null })
    top.cli.command('go', command, () => undefined)
    const app = make()
      .register(notes)
      .register(notes, { name: 'second', cliGroup: 'other words' })
      .register(top)
      .register(blueprint('empty', import.meta))
    expect(app['~registry'].commands.list.map(({ name }) => name)).toEqual([
      'notes import',
      'notes inner deep',
      'other words import',
      'second inner deep',
      'go',
    ])
    const again = blueprint('again', import.meta, { cliGroup: 'notes' })
    again.cli.command('import', command, () => undefined)
    expect(await microErrorOf(() => app.register(again))).toMatchObject({ code: 'MICRO_COMMAND_TAKEN' })
  })

  test('run as those of the app do', async () => {
    const root = project({
      'app.ts': `import { blueprint, micro } from '@micro/core'
const notes = blueprint('notes', import.meta)
notes.cli.command('import', { description: 'Imports.' }, ({ app, print }) => print('imported by ' + app.name))
export default micro(import.meta, { name: 'site' }).register(notes)`,
    })
    const child = runMicro(['notes', 'import'], root)
    await child.ended()
    expect(child.output.stdout.trim()).toBe('imported by site')
  })
})
