import { CompiledQuery, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dropDatabases, engines, makeApp, type Place, type TestApp } from './engines.ts'

afterAll(dropDatabases)

const refused: readonly [what: string, value: unknown][] = [
  ['an empty object', {}],
  ['an object with toString', { toString: () => 'bob' }],
  ['an object that is keyed like a named parameter', { name: 'bob', $name: 'bob' }],
  ['an array', ['bob']],
  ['a function', () => 'bob'],
  ['a symbol', Symbol('bob')],
  ['undefined', undefined],
  ['an invalid Date', new Date(Number.NaN)],
  ['NaN', Number.NaN],
  ['a bigint of more than 64 bits', 2n ** 63n],
  ['a Map', new Map()],
  ['a boxed string', Object('bob')],
  ['an ArrayBuffer', new ArrayBuffer(2)],
]

const kept: readonly [
  what: string,
  type: { sqlite: string; postgres: string },
  value: unknown,
  back: { sqlite: unknown; postgres: unknown },
][] = [
  ['null', { sqlite: 'text', postgres: 'text' }, null, { sqlite: null, postgres: null }],
  ['a string', { sqlite: 'text', postgres: 'text' }, 'O’Brien; --', { sqlite: 'O’Brien; --', postgres: 'O’Brien; --' }],
  ['an integer', { sqlite: 'integer', postgres: 'integer' }, -7, { sqlite: -7, postgres: -7 }],
  ['a fraction', { sqlite: 'real', postgres: 'double precision' }, 1.5, { sqlite: 1.5, postgres: 1.5 }],
  ['a safe bigint', { sqlite: 'integer', postgres: 'bigint' }, 2n ** 40n, { sqlite: 2 ** 40, postgres: 2 ** 40 }],
  ['true', { sqlite: 'integer', postgres: 'boolean' }, true, { sqlite: 1, postgres: true }],
  ['false', { sqlite: 'integer', postgres: 'boolean' }, false, { sqlite: 0, postgres: false }],
  [
    'a Date in a text column',
    { sqlite: 'text', postgres: 'text' },
    new Date(5),
    { sqlite: '1970-01-01T00:00:00.005Z', postgres: '1970-01-01T00:00:00.005Z' },
  ],
  [
    'a Date with zone',
    { sqlite: 'text', postgres: 'timestamptz' },
    new Date(5),
    { sqlite: '1970-01-01T00:00:00.005Z', postgres: new Date(5) },
  ],
  [
    'a Date without zone',
    { sqlite: 'text', postgres: 'timestamp' },
    new Date(5),
    { sqlite: '1970-01-01T00:00:00.005Z', postgres: new Date(5) },
  ],
]

for (const engine of engines) {
  describe.skipIf(engine.missing)(`parameters on ${engine.name}`, () => {
    let place: Place
    let app: TestApp

    beforeAll(async () => {
      place = await engine.make()
      app = await makeApp(place)
      await app.db.default.insertInto('account').values({ id: 1, name: 'bob', balance: 0 }).execute()
    })
    afterAll(async () => {
      await app.stop()
      await place.drop()
    })

    for (const [what, value] of refused) {
      it(`refuse ${what}, wherever it stands, and send nothing`, async () => {
        const { rows: before } = await sql<{ n: number }>`select count(*) as n from account`.execute(app.db.default)
        const insert = `insert into account (name, id, balance) values (${engine.engine === 'sqlite' ? '?, ?, ?' : '$1, $2, $3'})`
        for (const parameters of [
          [value, 2, 0],
          ['bob', value, 0],
          ['bob', 2, value],
        ]) {
          const query = CompiledQuery.raw(insert, parameters)
          await expect(app.db.default.executeQuery(query)).rejects.toMatchObject({ code: 'MICRO_DB_BIND' })
          await expect(app.db.default.getExecutor().stream(query, 1).next()).rejects.toMatchObject({ code: 'MICRO_DB_BIND' })
        }
        expect((await sql<{ n: number }>`select count(*) as n from account`.execute(app.db.default)).rows).toEqual(before)
      })
    }

    for (const [index, [what, type, value, back]] of kept.entries()) {
      it(`keep ${what}`, async () => {
        const table = sql.table(`kept_${index}`)
        await sql`create table ${table} (value ${sql.raw(type[engine.engine])})`.execute(app.db.default)
        await sql`insert into ${table} values (${value})`.execute(app.db.default)
        const { rows } = await sql`select value from ${table}`.execute(app.db.default)
        expect(rows).toEqual([{ value: back[engine.engine] }])
      })
    }

    it('keep bytes, also as the first one', async () => {
      const type = engine.engine === 'sqlite' ? 'blob' : 'bytea'
      await sql`create table bytes (value ${sql.raw(type)}, name text)`.execute(app.db.default)
      await sql`insert into bytes values (${new Uint8Array([0, 255, 7]).subarray(1)}, ${'bob'})`.execute(app.db.default)
      const { rows } = await sql<{ value: Uint8Array; name: string }>`select * from bytes`.execute(app.db.default)
      expect(rows.map(({ value, name }) => [[...value], name])).toEqual([[[255, 7], 'bob']])
    })

    it('come back in plain objects', async () => {
      const [row] = await app.db.default.selectFrom('account').selectAll().execute()
      expect(Object.getPrototypeOf(row)).toBe(Object.prototype)
      expect(Object.hasOwn(row ?? {}, 'name')).toBe(true)
    })

    it('may change by number: a count is one, and a large integer exact', async () => {
      const counted = await app.db.default
        .selectFrom('account')
        .select(({ fn }) => fn.countAll().as('n'))
        .executeTakeFirstOrThrow()
      expect(counted.n).toBe(1)
    })
  })
}
