import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { dropDatabases, engines, type Place, sqliteFile, startApp } from './engines.ts'
import { Project } from './project.ts'

afterAll(dropDatabases)

const APP = `
import { micro, defineExtension, need, options } from '@micro/core'
import { db } from '@micro/db'
const audit = defineExtension({
  name: 'audit', version: '1.0.0', core: '^1.0.0', config: options({}), needs: { db: need('^1') },
  initApp(app) {
    app.db.migrations('audit', { '0001_audit': { up: (db) => db.schema.createTable('audit').addColumn('id', 'integer').execute(), down: (db) => db.schema.dropTable('audit').execute() } })
    app.onStart(() => { throw new Error('this needs the tables') })
    return {}
  },
})
export default micro(import.meta).use(db()).use(audit)
`
const SLOW = `
import { setTimeout } from 'node:timers/promises'
export async function up(db) {
  await db.schema.createTable('slow').addColumn('id', 'integer').execute()
  await setTimeout(400)
}
export const down = (db) => db.schema.dropTable('slow').execute()
`

// Every command is a process of its own.
vi.setConfig({ testTimeout: 30_000 })

describe('micro db', () => {
  let project: Project

  beforeEach(async () => {
    project = await Project.make({ 'app.ts': APP })
  })
  afterEach(() => project.remove())

  it('leads from a new migration to an applied one and back, in the file that the app uses', async () => {
    const made = await project.run('db', 'new', 'add_notes')
    expect([made.code, made.stderr]).toEqual([0, ''])
    const [file = ''] = await readdir(join(project.root, 'migrations'))
    expect(file).toMatch(/^\d{14}_add_notes\.ts$/)
    expect(made.stdout.trim()).toBe(join(project.root, 'migrations', file))
    expect(await readFile(join(project.root, 'migrations', file), 'utf8')).toContain('export async function up(')

    expect((await project.run('db', 'status')).stdout).toMatch(/pending +audit\/0001_audit\n +pending +\d{14}_add_notes/)
    const migrated = await project.run('db', 'migrate')
    expect([migrated.code, migrated.stdout]).toEqual([
      0,
      expect.stringMatching(/Applied to sqlite:.*instance\/app\.db:\n {2}audit\/0001_audit\n {2}\d{14}_add_notes\n/),
    ])
    expect((await project.run('db', 'status')).stdout).toMatch(/\d{4}-\d\d-\d\dT[\d:.]+Z +audit\/0001_audit/)
    expect((await project.run('db', 'rollback', '--steps', '2')).stdout).toMatch(/add_notes\n {2}audit\/0001_audit/)
    expect((await project.run('db', 'rollback', '--steps', '0')).stderr).toContain("MICRO_DB_STEPS: '0' is no number of migrations")
    expect((await project.run('db', 'rollback', '--steps', 'two')).stderr).toContain('MICRO_DB_STEPS')
  })

  it('ends with a sentence and an error code when a migration fails', async () => {
    await project.write({ 'migrations/1_bad.sql': '-- up\ncreate table x (id integer);\nselect 1 from nowhere;' })
    const failed = await project.run('db', 'migrate')
    expect(failed.code).not.toBe(0)
    expect(failed.stderr).toMatch(/'1_bad' failed going up: no such table: nowhere/)
  })
})

for (const engine of engines.filter(({ name }) => name !== 'SQLite in memory')) {
  describe.skipIf(engine.missing)(`two processes that migrate ${engine.name} at once`, () => {
    let place: Place
    let project: Project

    beforeEach(async () => {
      place = await engine.make()
      project = await Project.make({
        'app.js': APP,
        'migrations/1_slow.js': SLOW,
        'migrations/2_more.sql': 'create table more (id integer)',
      })
    })
    afterEach(async () => {
      await project.remove()
      await place.drop()
    })

    it('apply everything exactly once: one does it, the other waits', async () => {
      const outcomes = await Promise.all([1, 2].map(() => project.runWith({ MICRO_DB__URL: place.url }, 'db', 'migrate')))
      expect(outcomes.map(({ code, stderr }) => [code, stderr])).toEqual([
        [0, ''],
        [0, ''],
      ])
      expect(outcomes.filter(({ stdout }) => stdout.includes('Nothing to do'))).toHaveLength(1)
      expect(outcomes.filter(({ stdout }) => stdout.includes('1_slow') && stdout.includes('2_more'))).toHaveLength(1)
    })
  })
}

describe('an app beside a process that migrates', () => {
  it('is served all the while', async () => {
    const place = await sqliteFile.make()
    const project = await Project.make({ 'app.js': APP, 'migrations/1_slow.js': SLOW })
    const app = await startApp(place.url)
    const migrating = project.runWith({ MICRO_DB__URL: place.url }, 'db', 'migrate')
    let reads = 0
    let done = false
    const finished = migrating.finally(() => {
      done = true
    })
    while (!done) {
      await app.db.ping()
      reads++
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    expect((await finished).code).toBe(0)
    expect(reads).toBeGreaterThan(5)
    await app.stop()
    await project.remove()
    await place.drop()
  })
})
