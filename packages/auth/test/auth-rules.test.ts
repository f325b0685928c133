/** The rules of the extension protocol that an extension can break, for `auth()`. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { moduleCommand } from '../../../tooling/test/src/module-command.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const run = promisify(execFile)
const SOURCE = new URL('../src/index.ts', import.meta.url).href

/** Runs a module in a process of its own, with Micro at hand as source. */
async function program(code: string): Promise<{ readonly stdout: string; readonly ms: number }> {
  const started = performance.now()
  const options = { cwd: import.meta.dirname, timeout: 20_000, env: { ...process.env, MICRO_MODE: 'test' } }
  const { stdout } = await run(...moduleCommand(code), options)
  return { stdout: stdout.trim(), ms: performance.now() - started }
}

describe('auth', () => {
  it('P01: does nothing when it is imported and called, and loads neither undici nor the OAuth engine', async () => {
    const { stdout } = await program(`
      const before = process.getActiveResourcesInfo().length
      const { auth, memoryStore, github, oidc } = await import('${SOURCE}')
      auth({ providers: [github(), oidc({ name: 'work', issuer: 'https://id.example' })], store: memoryStore() })
      const { createRequire } = await import('node:module')
      const loaded = Object.keys(createRequire(import.meta.url).cache)
      const heavy = loaded.filter((file) => /undici|argon2|kysely/.test(file))
      console.log(JSON.stringify({ handles: process.getActiveResourcesInfo().length - before, heavy }))
    `)
    expect(JSON.parse(stdout)).toEqual({ handles: 0, heavy: [] })
  })

  it('P15: leaves nothing open: a process that has used it ends by itself', async () => {
    const { stdout, ms } = await program(`
      import { createServer } from 'node:http'
      import { micro } from '@micro/core'
      import { auth, memoryStore, oidc } from '${SOURCE}'
      const server = createServer((request, response) => response.end('{}')).listen(0, '127.0.0.1', async () => {
        const issuer = 'http://127.0.0.1:' + server.address().port
        const theAuth = auth({ store: memoryStore(), providers: [oidc({ name: 'work', issuer, clientId: 'id' })], allowPrivateNetworks: true })
        const app = micro(import.meta, { env: {}, root: process.cwd(), config: { log: { level: 'silent' } }, mode: 'test' }).use(theAuth)
        app.post('/in', async (ctx) => ctx.auth.register({ email: 'a@example.com', password: 'correct horse' }))
        const { ok } = await (await app.client().post('/in')).json()
        const { status } = await app.client().post('/auth/work')
        await app.stop()
        server.close()
        console.log(JSON.stringify({ ok, status, at: performance.now() }))
        process.on('exit', () => console.log(performance.now()))
      })
    `)
    const [line = '', end = ''] = stdout.split('\n')
    const { at, ...rest } = JSON.parse(line)
    expect(rest).toEqual({ ok: true, status: 502 })
    expect(Number(end) - at).toBeLessThan(1000)
    expect(ms).toBeLessThan(20_000)
  })
})
