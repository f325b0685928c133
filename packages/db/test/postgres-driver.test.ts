import { execFile } from 'node:child_process'
import { inspect, promisify } from 'node:util'
import { isMicroError } from '@micro/core'
import { serve } from '@micro/core/node'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { moduleCommand } from '../../../tooling/test/src/module-command.ts'
import { dropDatabases, makeApp, names, type Place, postgres, routes, startApp, type TestApp } from './engines.ts'
import { LockedServer, Wire } from './postgres-peers.ts'
import { admin } from './postgres-server.ts'

afterAll(dropDatabases)
// Some tests start processes of their own.
vi.setConfig({ testTimeout: 30_000 })

const SECRET = 'pa55-w0rd-never-shown'

describe.skipIf(postgres.missing)(`PostgresDriver (${postgres.name})`, () => {
  let place: Place
  let app: TestApp

  beforeEach(async () => {
    place = await postgres.make()
    const served = routes()
    served.get('/names', async (ctx) => ({ names: await ctx.db.selectFrom('account').select('name').execute() }))
    served.get('/accounts/:id', (ctx) =>
      ctx.db.firstOr404(ctx.db.selectFrom('account').selectAll().where('id', '=', Number(ctx.params.id))),
    )
    served.get('/find', (ctx) =>
      ctx.db
        .selectFrom('account')
        .selectAll()
        .where(({ eb }) =>
          ctx.query.has('name') ? eb('name', '=', String(ctx.query.get('name'))) : eb('id', '=', Number(ctx.query.get('id'))),
        )
        .execute(),
    )
    served.get('/slow', async (ctx) => (await sql`select pg_sleep(20)`.execute(ctx.db)).rows)
    served.get('/hold', (ctx) => ctx.db.transaction().execute(async (trx) => (await sql`select pg_sleep(0.5)`.execute(trx)).rows))
    served.get('/broken', async (ctx) => (await sql`select 'private' from there_is_no_such_table`.execute(ctx.db)).rows)
    app = await makeApp(place, { poolSize: 3, acquireTimeoutMs: 1_000, statementTimeoutMs: 5_000 }, served, 'production')
  })
  afterEach(async () => {
    await app.stop()
    await place.drop()
  })

  const killAll = () =>
    admin(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${new URL(place.url).pathname.slice(1)}'`)
  const insert = (id: number, name: string) => app.db.default.insertInto('account').values({ id, name, balance: 0 }).execute()

  it('outlives the end of its backends while they are idle', async () => {
    await Promise.all([names(app), names(app), names(app)])
    await killAll()
    const lost = () => app.lines.filter(({ message }) => message.includes('lost while it was idle')).length
    await until(() => lost() === 3)
    const statuses = await Promise.all([1, 2, 3].map(async () => (await app.client().get('/names')).status))
    expect(statuses).toEqual([200, 200, 200])
  })

  it('answers 503 when its backend ends in the middle of a query, over a socket too, and recovers', async () => {
    const server = await serve(app, { port: 0, signals: false })
    const slow = [app.client().get('/slow'), fetch(`${server.url}/slow`)]
    await until(
      async () =>
        (
          await admin(
            `select 1 from pg_stat_activity where datname = '${new URL(place.url).pathname.slice(1)}' and query like '%pg_sleep%'`,
          )
        ).rowCount === 2,
    )
    await killAll()
    for (const answer of slow) {
      const response = await answer
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
      expect(await response.text()).not.toMatch(/pg_sleep|terminat|select/i)
    }
    // A connection that ended while it was idle may be noticed by the query that wants it.
    await until(async () => (await fetch(`${server.url}/names`)).status === 200)
    await server.stop()
  })

  it('answers 503 while the server is gone, and works when it is back', async () => {
    const { wire, url } = await wired(place.url)
    const served = routes()
    served.get('/', async (ctx) => (await sql<{ one: number }>`select 1 as one`.execute(ctx.db)).rows)
    const second = await startApp(url, {}, served)
    const status = async () => (await second.client().get('/')).status
    expect(await status()).toBe(200)
    await wire.stop()
    for (let n = 0; n < 3; n++) {
      const response = await second.client().get('/')
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
    }
    await wire.start()
    expect(await status()).toBe(200)
    await second.stop()
    await wire.stop()
  })

  it('gives up a statement after its time', async () => {
    const second = await startApp(place.url, { statementTimeoutMs: 200 })
    await expect(sql`select pg_sleep(5)`.execute(second.db.default)).rejects.toMatchObject({ status: 503 })
    await second.stop()
  })

  it('refuses to start without a server, and says where it looked', async () => {
    const url = new URL(place.url)
    url.username = 'micro'
    url.password = SECRET
    url.port = '1'
    const error = await startApp(url.href).catch((reason: unknown) => reason)
    const text = inspect(error, { depth: 10 })
    expect(text).toContain('MICRO_DB_OPEN')
    expect(text).toContain(`postgres://micro@${url.hostname}:1${url.pathname}`)
    expect(text).toContain('ECONNREFUSED')
    expect(text).not.toContain(SECRET)
  })

  it('never shows the password, whether it is right or wrong', async () => {
    const locked = new LockedServer()
    await locked.start()
    const error = await startApp(`postgres://micro:${SECRET}@127.0.0.1:${locked.port}/notes`).catch((reason: unknown) => reason)
    const text = inspect(error, { depth: 10, showHidden: true })
    expect(text).toContain('password authentication failed')
    expect(text).not.toContain(SECRET)
    await locked.stop()

    const open = new URL(place.url)
    open.password = SECRET
    const second = await startApp(open.href)
    const inside = await second.db.transaction(async (trx) => inspect(trx, { depth: 10, showHidden: true }))
    const members = [second.db, second.db.default, second.db.default.withSchema('public')]
    const shown = members.map((value) => inspect(value, { depth: 10, showHidden: true }) + JSON.stringify(value))
    expect(shown.join('\n') + inside).not.toContain(SECRET)
    await second.stop()
  })

  it('never says what it was asked', async () => {
    const response = await app.client().get('/broken')
    expect(response.status).toBe(500)
    expect(await response.text()).not.toMatch(/there_is_no_such_table|private|select|relation/i)
    expect(inspect(app.lines, { depth: 10 })).toContain('there_is_no_such_table')
  })

  it('tells a client whose value no column can hold, and says nothing of the column', async () => {
    const answer = async (path: string) => {
      const response = await app.client().get(path)
      return [response.status, await response.text()] as const
    }
    expect((await answer('/accounts/3000000000'))[0]).toBe(404)
    for (const path of ['/find?id=3000000000', '/find?id=-3000000000', '/find?name=a%00b']) {
      const [status, text] = await answer(path)
      expect([path, status]).toEqual([path, 400])
      expect(text).not.toMatch(/integer|UTF8|0x00|3000000000|account|22\d\d\d/i)
    }
    await expect(app.db.transaction(() => insert(3_000_000_000, 'a'))).rejects.toMatchObject({ status: 400, cause: { code: '22003' } })
    await expect(insert(1, 'a\0b')).rejects.toMatchObject({ status: 400, cause: { code: '22021' } })
    expect(await names(app)).toEqual([])
  })

  it('does not report success for a transaction that an error has ended', async () => {
    const running = app.db.transaction(async (trx) => {
      await trx.insertInto('account').values({ id: 1, name: 'a', balance: 0 }).execute()
      await trx
        .insertInto('account')
        .values({ id: 1, name: 'b', balance: 0 })
        .execute()
        .catch(() => undefined)
    })
    await expect(running).rejects.toThrow(/rolled back/)
    expect(await names(app)).toEqual([])
  })

  it('runs what a transaction starts together one after the other, without a warning', async () => {
    const warnings: Error[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    await app.db.transaction(() => Promise.all([1, 2, 3, 4].map((id) => insert(id, `n${id}`))))
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', note)
    expect([warnings, await names(app)]).toEqual([[], ['n1', 'n2', 'n3', 'n4']])
  })

  it('drops a connection on which a query began a transaction by itself', async () => {
    await sql`begin`.execute(app.db.default)
    await until(() => app.lines.some(({ error }) => isMicroError(error) && error.code === 'MICRO_DB_RAW_TRANSACTION'))
    await insert(1, 'a')
    const { rowCount } = await admin(
      `select 1 from pg_stat_activity where datname = '${new URL(place.url).pathname.slice(1)}' and state like 'idle in transaction%'`,
    )
    expect([rowCount, await names(app)]).toEqual([0, ['a']])
  })

  it.each(['commit', 'rollback', 'end', "insert into account values (8, 'h', 0); commit"])(
    'notices at once that a query has ended a transaction by itself: %s',
    async (text) => {
      const seen: unknown[] = []
      const codeOf = (error: unknown) => seen.push(isMicroError(error) && error.code)
      const running = app.db.transaction(async () => {
        const late = Promise.all([sql.raw(text).execute(app.db.default).catch(codeOf), insert(1, 'beside').catch(codeOf)])
        await late
        await insert(2, 'after').catch(codeOf)
        await app.db.transaction(() => insert(3, 'nested')).catch(codeOf)
      })
      await expect(running).rejects.toMatchObject({ code: expect.stringMatching(/^MICRO_DB_(RAW_TRANSACTION|TRANSACTION_ENDED)$/) })
      expect(seen).toEqual(['MICRO_DB_RAW_TRANSACTION', ...Array(3).fill('MICRO_DB_TRANSACTION_ENDED')])
      expect(await names(app)).toEqual(text.startsWith('insert') ? ['h'] : [])
      await app.db.transaction(() => insert(4, 'next'))
      expect(await names(app)).toContain('next')
      await expect(
        app.db.transaction(async () => {
          await sql.raw(text.replace(/^insert.*;/, '')).execute(app.db.default)
        }),
      ).rejects.toMatchObject({ code: 'MICRO_DB_RAW_TRANSACTION' })
      expect(app.lines.filter(({ level }) => level === 'error')).toEqual([])
    },
  )

  it('streams by a cursor, in chunks, inside a transaction and outside', async () => {
    await sql`insert into account select n, 'n' || n, n % 3 from generate_series(1, 250) n`.execute(app.db.default)
    const query = app.db.default.selectFrom('account').select('id').where('balance', '=', 0).orderBy('id')
    const read = async () => {
      const seen: number[] = []
      for await (const { id } of query.stream(7)) {
        seen.push(id)
        if (id === 3) {
          await insert(1_000 + seen.length, `late${seen.length}`)
          await app.db.default
            .deleteFrom('account')
            .where('id', '=', 1_000 + seen.length)
            .execute()
        }
      }
      return seen
    }
    const expected = Array.from({ length: 83 }, (_, n) => (n + 1) * 3)
    expect(await read()).toEqual(expected)
    expect(await app.db.transaction(read)).toEqual(expected)
    for await (const _ of query.stream(5)) {
      break
    }
    for await (const row of app.db.default.deleteFrom('account').where('id', '=', 1).returning('id').stream()) {
      expect(row).toEqual({ id: 1 })
    }
    expect(app.lines.filter(({ level }) => level === 'error')).toEqual([])
    const { rowCount } = await admin(
      `select 1 from pg_stat_activity where datname = '${new URL(place.url).pathname.slice(1)}' and state like 'idle in transaction%'`,
    )
    expect(rowCount).toBe(0)
  })

  it('refuses a query that would wait behind too many others, and a server that is full', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, async () => (await app.client().get('/hold')).status))
    expect(answers.filter((status) => status === 200).length).toBeGreaterThanOrEqual(3)
    expect(answers.filter((status) => status === 503).length).toBeGreaterThanOrEqual(1)
    expect((await app.client().get('/names')).status).toBe(200)
  })

  it('stops although somebody has not given a connection back', async () => {
    const second = await startApp(place.url)
    await second.db.default.startTransaction().execute()
    const stopped = second.stop()
    await expect(
      Promise.race([stopped.then(() => 'stopped'), new Promise((resolve) => setTimeout(resolve, 8_000, 'hangs'))]),
    ).resolves.toBe('stopped')
  })

  it('leaves a process free to end after stop', async () => {
    const program = `
      import { micro } from '@micro/core'
      import { db } from '@micro/db'
      const app = micro(import.meta, { mode: 'test', env: {}, config: { db: { url: ${JSON.stringify(place.url)} } } }).use(db())
      await app.start()
      await app.db.ping()
      await app.stop()
      console.log('stopped', Date.now())`
    const { stdout } = await promisify(execFile)(...moduleCommand(program, '--no-warnings'), { cwd: import.meta.dirname, timeout: 20_000 })
    expect(Date.now() - Number(stdout.split(' ')[1])).toBeLessThan(3_000)
  })
})

describe('PostgreSQL without pg', () => {
  it('says what to install', async () => {
    const program = `
      import { registerHooks } from 'node:module'
      registerHooks({ resolve(name, context, next) {
        if (name === 'pg') throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
        return next(name, context)
      } })
      const { micro } = await import('@micro/core')
      const { db } = await import('@micro/db')
      const app = micro(import.meta, { mode: 'test', env: {}, config: { db: { url: 'postgres://micro:${SECRET}@127.0.0.1:1/notes' } } }).use(db())
      await app.start().catch((error) => console.log(error))`
    const { stdout } = await promisify(execFile)(...moduleCommand(program, '--no-warnings'), { cwd: import.meta.dirname, timeout: 20_000 })
    expect(stdout).toContain('MICRO_DB_DRIVER')
    expect(stdout).toContain('npm install pg')
    expect(stdout).not.toContain(SECRET)
  })
})

async function wired(target: string): Promise<{ wire: Wire; url: string }> {
  const url = new URL(target)
  const wire = new Wire(new URL(target))
  await wire.start()
  url.host = `127.0.0.1:${wire.port}`
  return { wire, url: url.href }
}

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  const limit = performance.now() + 10_000
  while (!(await done())) {
    if (performance.now() > limit) {
      throw new Error('It did not come about within 10 s.')
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
