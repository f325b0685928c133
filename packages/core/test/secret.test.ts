import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { micro } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { runModule } from './child.ts'
import { microErrorOf } from './micro-error-of.ts'
import { directory, moduleIn } from './template-site.ts'

describe('the secret key', () => {
  test('missing in production is refused at start: key, source and what is accepted are named', async () => {
    const error = await microErrorOf(() => micro(import.meta, { env: {}, mode: 'production' }).start())
    expect(error.code).toBe('MICRO_SECRET_MISSING')
    expect(error.message).toContain('secretKey')
    expect(error.message).toContain('no source')
    expect(error.message).toContain('MICRO_SECRET_KEY')
  })

  test('a short one is refused in production, named by its source and length alone', async () => {
    const app = micro(import.meta, { env: { MICRO_SECRET_KEY: 'hunter2' } })
    const error = await microErrorOf(() => app.start())
    expect(error.code).toBe('MICRO_SECRET_SHORT')
    expect(error.message).toContain('(from environment variable MICRO_SECRET_KEY) has 7 characters; 32 or more are needed')
    expect(error.message).not.toContain('hunter2')
    const development = micro(import.meta, { env: { MICRO_SECRET_KEY: 'short' }, mode: 'development' })
    await development.start()
    await development.stop()
  })

  test('in development one is made at start, kept in the instance folder for the owner alone, and used again', async () => {
    const root = directory({})
    const make = () => micro(moduleIn(root), { env: {}, mode: 'development' })
    const one = make()
    expect(() => statSync(join(root, 'instance'))).toThrow()
    await one.start()
    const file = join(root, 'instance/secret-key')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(join(root, 'instance')).mode & 0o777).toBe(0o700)
    expect(readFileSync(file, 'utf8')).toMatch(/^[\w-]{48}$/)
    const two = make()
    expect(two.signer('a').unsign(one.signer('a').sign('x'))).toBe('x')
    await one.stop()
  })

  test('a kept one may end in a line break; one that is too short is refused, by its file', async () => {
    const root = directory({ 'instance/secret-key': `${'k'.repeat(40)}\n` })
    const make = () => micro(moduleIn(root), { env: {}, mode: 'development' })
    const same = micro(moduleIn(root), { env: { MICRO_SECRET_KEY: 'k'.repeat(40) } })
    expect(same.signer('a').unsign(make().signer('a').sign('x'))).toBe('x')
    writeFileSync(join(root, 'instance/secret-key'), '')
    const error = await microErrorOf(() => make().start())
    expect(error.code).toBe('MICRO_SECRET_SHORT')
    expect(error.message).toContain(join(root, 'instance/secret-key'))
  })

  test('in tests one is made anew, and nothing is written', async () => {
    const root = directory({})
    const make = () => micro(moduleIn(root), { env: {}, mode: 'test' })
    expect(make().signer('a').unsign(make().signer('a').sign('x'))).toBeNull()
    expect(() => statSync(join(root, 'instance'))).toThrow()
  })

  test('of processes that start at once all use the same', async () => {
    const root = directory({})
    mkdirSync(join(root, 'instance'))
    const code = `
      import { micro } from '@micro/core'
      const app = micro({ ...import.meta, dirname: ${JSON.stringify(root)} }, { env: {}, mode: 'development' })
      await app.start()
      console.log(app.signer('a').sign('x'))
      await app.stop()
    `
    const children = Array.from({ length: 4 }, () => runModule(code))
    await Promise.all(children.map((child) => child.ended()))
    expect(new Set(children.map(({ output }) => output.stdout)).size).toBe(1)
    expect(children[0]?.output.stdout).toMatch(/^x\./)
  }, 15_000)
})
