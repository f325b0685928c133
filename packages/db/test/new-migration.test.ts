import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findMigrationFiles } from '../src/migration-files.ts'
import { writeMigration } from '../src/new-migration.ts'

const refused: readonly string[] = ['../x', '/etc/x', 'a b', '', '-x', 'x/y', 'x\\y', 'x.sql', 'x\0', 'é', '.x', '_x']

describe('writeMigration', () => {
  let root: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'micro-new-'))
  })
  afterEach(() => rm(root, { recursive: true }))

  it('writes a module that is found and has both ways, named by the time', async () => {
    const directory = join(root, 'made', 'too')
    const path = await writeMigration(directory, 'add_users', false)
    expect(path.replace(/\d{14}/, '<time>')).toBe(join(directory, '<time>_add_users.ts'))
    const [found] = await findMigrationFiles(directory)
    expect(await found?.load()).toMatchObject({ up: expect.any(Function), down: expect.any(Function) })
  })

  it('writes SQL if that is wanted', async () => {
    const path = await writeMigration(root, 'More-2', true)
    expect([path.replace(/\d{14}/, '<time>'), await readFile(path, 'utf8')]).toEqual([
      join(root, '<time>_More-2.sql'),
      '-- up\n\n-- down\n',
    ])
  })

  it('takes no name that is more than a name', async () => {
    for (const name of refused) {
      await expect(writeMigration(root, name, false), JSON.stringify(name)).rejects.toMatchObject({ code: 'MICRO_DB_MIGRATION_NAME' })
    }
    expect(await readdir(root)).toEqual([])
  })
})
