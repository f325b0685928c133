import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { moduleCommand } from '../../../tooling/test/src/module-command.ts'
import { dropDatabases, postgres } from './engines.ts'

afterAll(dropDatabases)
// Each test starts a process.
vi.setConfig({ testTimeout: 30_000 })

describe.skipIf(postgres.missing)('values of PostgreSQL', () => {
  it.each(['Asia/Tokyo', 'America/Los_Angeles', 'UTC'])(
    'are read as they were written, through any number of rounds, in %s',
    async (zone) => {
      const place = await postgres.make()
      const program = `
      const { micro } = await import('@micro/core')
      const { db } = await import('@micro/db')
      const { sql } = await import('@micro/db/kysely')
      const app = micro(import.meta, { mode: 'test', env: {}, config: { db: { url: ${JSON.stringify(place.url)} } } }).use(db())
      await app.start()
      const handle = app.db.default
      await sql\`create table moment (bare timestamp, zoned timestamptz, words text, day date)\`.execute(handle)
      const at = new Date('2026-07-01T23:30:00.250Z')
      await handle.insertInto('moment').values({ bare: at, zoned: at, words: at, day: at }).execute()
      for (let round = 0; round < 3; round++) {
        await handle.updateTable('moment').set(await handle.selectFrom('moment').selectAll().executeTakeFirstOrThrow()).execute()
      }
      const { rows: [arrays] } = await sql\`select
        array['2026-07-01', null, 'infinity']::date[] as days, array[array['2026-07-01 23:30:00.25'], array['0044-03-15 10:00:00 BC']]::timestamp[] as moments,
        array[9007199254740993, 5, null] as numbers, 'infinity'::timestamp as never, null::date as none\`.execute(handle)
      const shown = (_, value) => (typeof value === 'bigint' ? value + 'n' : value === Infinity ? 'Infinity' : value)
      console.log(JSON.stringify([await handle.selectFrom('moment').selectAll().executeTakeFirst(), arrays], shown))
      await app.stop()`
      const options = { cwd: import.meta.dirname, timeout: 20_000, env: { PATH: process.env.PATH, TZ: zone } }
      const { stdout } = await promisify(execFile)(...moduleCommand(program, '--no-warnings'), options)
      const at = '2026-07-01T23:30:00.250Z'
      expect(JSON.parse(stdout)).toEqual([
        { bare: at, zoned: at, words: at, day: '2026-07-01' },
        {
          days: ['2026-07-01', null, 'infinity'],
          moments: [[at], ['-000043-03-15T10:00:00.000Z']],
          numbers: ['9007199254740993n', 5, null],
          never: 'Infinity',
          none: null,
        },
      ])
      await place.drop()
    },
  )
})
