import type { Subject } from '@micro/compat'
import { db } from '@micro/db'
import { sql } from 'kysely'
import type { With } from './official-context.ts'

const subject: Subject = {
  create: () => db(),
  module: import.meta.resolve('@micro/db'),
  config: { url: ':memory:' },
  otherConfig: { url: ':memory:', perPage: 7 },
  misconfigure: [
    { config: { poolSize: 'many' }, key: 'poolSize' },
    { config: { url: 42 }, key: 'url' },
  ],
  exercise: async (ctx) => (await sql<{ one: number }>`select 1 as one`.execute((ctx as With<'db', never>).db)).rows,
  misuse: (ctx) => sql`select ${{ not: 'bindable' }}`.execute((ctx as With<'db', never>).db),
}

export default subject
