import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { micro } from '@micro/core'
import { serve } from '@micro/core/node'
import { describe, expect, test } from 'vitest'

const form = (fields: number) => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: 'a&'.repeat(fields - 1).concat('a'),
})

describe('config.limits.formFields', () => {
  test.each([
    [1000, 200],
    [1001, 413],
  ])('a form of %i fields is answered %i', async (fields, status) => {
    const app = micro(import.meta, { mode: 'test', env: {} })
    app.post('/', async (ctx) => ({ fields: [...(await ctx.readForm())].length }))
    const server = await serve(app, { port: 0, signals: false })
    expect((await app.fetch(new Request('http://localhost/', form(fields)))).status).toBe(status)
    expect((await fetch(server.url, form(fields))).status).toBe(status)
    await server.stop()
  })
})

describe('ctx.file', () => {
  test("takes a relative path from the app's own directory, wherever the process was started", async () => {
    const root = mkdtempSync(join(tmpdir(), 'micro-root-'))
    writeFileSync(join(root, 'note.txt'), 'here')
    const app = micro(import.meta, { mode: 'test', env: {}, root })
    app.get('/', (ctx) => ctx.file('note.txt'))
    expect(await (await app.client().get('/')).text()).toBe('here')
    await app.stop()
    rmSync(root, { recursive: true })
  })
})
