import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect, promisify } from 'node:util'
import { defineExtension, isMicroError, type MicroOptions, micro, need, options } from '@micro/core'
import { serve } from '@micro/core/node'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { moduleCommand } from '../../../tooling/test/src/module-command.ts'
import { type AnyDbMember, db, type Migrations, violationOf } from '../src/index.ts'
import { dropDatabases, engines, makeApp, routes, type Schema } from './engines.ts'

afterAll(dropDatabases)
// One test starts a process.
vi.setConfig({ testTimeout: 30_000 })

const env = {}
const node = (program: string) =>
  promisify(execFile)(...moduleCommand(program, '--no-warnings'), {
    cwd: import.meta.dirname,
    timeout: 20_000,
  })

describe('db', () => {
  let root: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'micro-app-'))
  })
  afterEach(() => rm(root, { recursive: true }))

  const make = (given: MicroOptions = {}) => micro(import.meta, { mode: 'test', env, root, ...given })
  const codeOf = (run: () => unknown): unknown => {
    try {
      run()
      return 'none'
    } catch (error) {
      return isMicroError(error) ? error.code : error
    }
  }

  it('costs nothing before an app starts: no Kysely, no driver, no variable, no handle', async () => {
    const { stdout } = await node(`
      import { registerHooks } from 'node:module'
      const loaded = []
      registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
      const read = []
      process.env = new Proxy({}, { get: (_, name) => (read.push(String(name)), undefined), has: (_, name) => (read.push(String(name)), false) })
      const { db } = await import('@micro/db')
      db({ url: 'postgres://u:p@127.0.0.1:1/x' }).as('stats')
      console.log(JSON.stringify({
        heavy: loaded.filter((url) => /kysely|\\/pg\\/|node:sqlite/.test(url) && !url.includes('packages/db/src')),
        read: read.filter((name) => !/^(NODE_|WATCH_)/.test(name)), frozen: Object.isFrozen(db()), handles: process.getActiveResourcesInfo().filter((kind) => !/TTY|Pipe/.test(kind)) }))`)
    expect(JSON.parse(stdout)).toEqual({ heavy: [], read: [], frozen: true, handles: [] })
  })

  it('touches no file until the app starts, and then keeps one in the instance directory', async () => {
    const app = make().use(db<Schema>()).use(db<Schema>().as('stats'))
    expect(codeOf(() => app.db.default)).toBe('MICRO_DB_NOT_OPEN')
    const early = app.db.transaction(async () => 'run')
    await expect(early).rejects.toMatchObject({ code: 'MICRO_DB_NOT_OPEN' })
    expect(existsSync(join(root, 'instance'))).toBe(false)
    await app.start()
    expect([existsSync(join(root, 'instance/app.db')), existsSync(join(root, 'instance/stats.db'))]).toEqual([true, true])
    await app.stop()
    expect(codeOf(() => app.db.default)).toBe('MICRO_DB_NOT_OPEN')
  })

  it('is one value for many apps, each with its own database', async () => {
    const theDb = db<Schema>({ url: ':memory:' })
    const apps = await Promise.all(
      [1, 2].map(async (id) => {
        const app = make().use(theDb)
        app.get('/', async (ctx) => ({ rows: await sql`select * from mine`.execute(ctx.db) }))
        await app.start()
        await sql`create table mine (id integer)`.execute(app.db.default)
        await sql`insert into mine values (${id})`.execute(app.db.default)
        return app
      }),
    )
    const [one, two] = apps
    const answers = await Promise.all(apps.map(async (app) => JSON.stringify(await (await app.client().get('/')).json())))
    expect(answers).toEqual([expect.stringContaining('[{"id":1}]'), expect.stringContaining('[{"id":2}]')])
    await one?.stop()
    expect((await two?.client().get('/'))?.status).toBe(200)
    await two?.stop()
  })

  it('keeps a second database apart, under a name of its own', async () => {
    const app = make({ config: { db: { url: ':memory:' }, stats: { url: ':memory:' } } })
      .use(db<Schema>())
      .use(db<{ hit: { path: string } }>().as('stats'))
    app.get('/', async (ctx) => ({ hits: await ctx.stats.selectFrom('hit').selectAll().execute() }))
    await app.start()
    await app.stats.default.schema.createTable('hit').addColumn('path', 'text').execute()
    await app.stats.default.insertInto('hit').values({ path: '/x' }).execute()
    expect(await (await app.client().get('/')).json()).toEqual({ hits: [{ path: '/x' }] })
    await expect(sql`select * from hit`.execute(app.db.default)).rejects.toThrow(/no such table/)
    await app.stop()
  })

  it('refuses a wrong URL where it is installed, without showing it', () => {
    const wrong: readonly [url: string, code: string][] = [
      ['mysql://root:pa55@host/x', 'MICRO_DB_URL'],
      ['just-a-name', 'MICRO_DB_URL'],
      ['', 'MICRO_DB_URL'],
      ['sqlite:', 'MICRO_DB_URL'],
      ['sqlite:x.db?mode=ro&key=pa55', 'MICRO_DB_URL'],
      ['postgres://u:pa55@host', 'MICRO_DB_URL'],
      ['postgres://u:pa55@host:port/x', 'MICRO_DB_URL'],
      ['sqlite:static/app.db', 'MICRO_DB_PUBLIC_FILE'],
    ]
    for (const [url, code] of wrong) {
      const error = (() => {
        try {
          return make({ config: { db: { url } } }).use(db())
        } catch (reason) {
          return reason
        }
      })()
      expect([url, isMicroError(error) && error.code]).toEqual([url, code])
      expect(inspect(error, { depth: 5 })).not.toContain('pa55')
    }
    const secret = (() => {
      try {
        return make({ config: { db: { url: 31_415_926 } } }).use(db())
      } catch (reason) {
        return String(reason)
      }
    })()
    expect(secret).toMatch(/db\.url/)
    expect(secret).not.toContain('31415926')
    expect(codeOf(() => make({ config: { db: { poolsize: 1 } } }).use(db()))).toBe('MICRO_CONFIG_UNKNOWN')
    expect(codeOf(() => make({ env: { MICRO_DB__POOL_SIZE: '0' } }).use(db()))).toBe('MICRO_CONFIG_INVALID')
  })

  it('closes what it has opened when its start fails', async () => {
    const opened = () => process.getActiveResourcesInfo().length
    const before = opened()
    const app = make({ config: { db: { url: ':memory:' } } }).use(db<Schema>())
    app.db.migrations('bad', { '1': { up: () => Promise.reject(new Error('on purpose')) } })
    await expect(app.start()).rejects.toMatchObject({ code: 'MICRO_START_FAILED' })
    expect([codeOf(() => app.db.default), opened()]).toEqual(['MICRO_DB_NOT_OPEN', before])
  })

  it('takes migrations of extensions, which run before the app’s own, and none after the start', async () => {
    const made: string[] = []
    const step = (name: string): Migrations => ({
      [name]: { up: async (handle, { engine }) => void made.push(`${name} ${engine} ${handle.isTransaction}`) },
    })
    const extension = <const N extends string>(name: N, steps: Migrations) =>
      defineExtension({
        name,
        version: '1.0.0',
        core: '^1.0.0',
        config: options({}),
        needs: { db: need<AnyDbMember>('^1') },
        initApp(app) {
          app.db.migrations(name, steps)
          return { app: app.db, context: (ctx) => ctx.db.tables<{ x: { id: number } }>() }
        },
      })
    const app = make({ config: { db: { url: ':memory:' } } })
      .use(db<Schema>())
      .use(extension('zebra', step('0001_z')))
      .use(extension('ant', { ...step('0002_b'), ...step('0001_a') }))
    expect(codeOf(() => app.zebra.migrations('zebra', step('0001_z')))).toBe('MICRO_DB_MIGRATION_TWICE')
    expect(codeOf(() => app.zebra.migrations('zebra', { x: {} } as unknown as Migrations))).toBe('MICRO_DB_MIGRATION_INVALID')
    await app.start()
    expect(made).toEqual(['0001_z sqlite true', '0001_a sqlite true', '0002_b sqlite true'])
    expect((await app.db.migrationStatus()).map(({ name }) => name)).toEqual(['zebra/0001_z', 'ant/0001_a', 'ant/0002_b'])
    expect(codeOf(() => app.db.migrations('late', step('x')))).toBe('MICRO_DB_MIGRATIONS_CLOSED')
    await app.stop()
  })

  it('says of itself what it contributes', () => {
    const app = make().use(db())
    expect(app.extensions.get('db')).toMatchObject({ name: 'db', version: '1.0.0' })
    const kinds = app.extensions.get('db')?.contributions.map(({ kind, detail }) => `${kind} ${detail}`.trim()) ?? []
    expect(kinds.join('; ')).toMatch(/start hook.*stop hook.*health.*db migrate.*db rollback.*db status.*db new/)
  })
})

for (const engine of engines) {
  describe.skipIf(engine.missing)(`ctx.db on ${engine.name}`, () => {
    it('answers over a socket: rows, 404 by firstOr404, and nothing of a failed transaction', async () => {
      const place = await engine.make()
      const served = routes()
      served.get('/:id<int>', (ctx) =>
        ctx.db.firstOr404(ctx.db.selectFrom('account').selectAll().where('id', '=', ctx.params.id), 'No such account.'),
      )
      served.post('/:id<int>', async (ctx) =>
        ctx.db.transaction().execute(async () => {
          await ctx.db
            .insertInto('account')
            .values({ id: ctx.params.id, name: `n${ctx.params.id}`, balance: 0 })
            .execute()
          return ctx.db.firstOr404(
            ctx.db.updateTable('account').set({ balance: 1 }).where('id', '=', ctx.params.id).where('id', '<', 5).returning('id'),
          )
        }),
      )
      served.get('/same', (ctx) => {
        const [one, two] = [ctx.db, ctx.db]
        return { same: one === two, shown: inspect(ctx.db), json: JSON.stringify(ctx.db) }
      })
      const app = await makeApp(place, {}, served)
      const server = await serve(app, { port: 0, signals: false })
      const ask = async (path: string, method = 'GET') => {
        const response = await fetch(server.url + path, { method })
        return [response.status, await response.json()]
      }
      expect(await ask('/3', 'POST')).toEqual([200, { id: 3 }])
      expect(await ask('/3')).toEqual([200, { id: 3, name: 'n3', balance: 1 }])
      expect(await ask('/7', 'POST')).toEqual([404, expect.anything()])
      expect(await ask('/7')).toEqual([404, expect.objectContaining({ detail: 'No such account.' })])
      expect(await ask('/same')).toEqual([200, { same: true, shown: expect.stringMatching(/^Db\(/), json: '{}' }])
      expect(inspect(app.db)).toMatch(/^Connections\((:memory:|sqlite:|postgres:\/\/)/)
      await server.stop()
      await place.drop()
    })

    it('tells which constraint a statement violates', async () => {
      const place = await engine.make()
      const app = await makeApp(place)
      const insert = (values: object) =>
        app.db.default
          .insertInto('account')
          .values({ id: 1, name: 'a', balance: 0, ...values })
          .execute()
      await insert({})
      await sql`create table rule (n integer check (n > 0))`.execute(app.db.default)
      const failing: readonly [kind: string | undefined, run: () => Promise<unknown>][] = [
        ['unique', () => insert({})],
        ['unique', () => insert({ id: 2 })],
        ['not-null', () => insert({ id: 3, name: null as unknown as string })],
        ['foreign-key', () => app.db.default.insertInto('entry').values({ account: 99, note: null }).execute()],
        ['check', () => sql`insert into rule values (0)`.execute(app.db.default)],
        [undefined, () => sql`select * from nowhere`.execute(app.db.default)],
      ]
      for (const [kind, run] of failing) {
        expect(
          violationOf(
            await run().then(
              () => 'it went through',
              (error: unknown) => error,
            ),
          ),
        ).toBe(kind)
      }
      await app.stop()
      await place.drop()
    })
  })
}
