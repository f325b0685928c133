import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { runModule } from './child.ts'

const APP = `
  import { defineExtension, micro, options } from '@micro/core'
  import { serve } from '@micro/core/node'
  const ticking = defineExtension({ name: 'ticking', version: '1.0.0', core: '*', config: options({}), initApp: (app) => {
    let timer
    app.onStart(() => { timer = setInterval(() => {}, 1000) })
    app.onStop(() => { clearInterval(timer); console.log('stopped') })
    return {}
  } })
  const app = micro(import.meta, { mode: 'test', env: {} }).use(ticking)
  app.get('/slow', async () => { await new Promise((resolve) => setTimeout(resolve, 300)); return 'done' })
  app.get('/quick', () => 'quick')
  app.get('/stream', () => (async function* () { for (let i = 0; i < 6; i++) { yield 'part'; await new Promise((r) => setTimeout(r, 50)) } })())
  const server = await serve(app, { port: 0 })
  console.log('listening on ' + server.url)
`

describe('the end of a process (P15)', () => {
  test('one that calls stop() ends by itself within a second, keep-alive connections and all', async () => {
    const child = runModule(`${APP}
      const { Agent, get } = await import('node:http')
      const agent = new Agent({ keepAlive: true })
      await new Promise((resolve) => get(server.url + '/quick', { agent }, (response) => response.resume().once('end', resolve)))
      await app.stop()
      await app.stop()
      await new Promise((resolve) => setTimeout(resolve, 50))
      console.log('resources: ' + process.getActiveResourcesInfo().filter((name) => !/Pipe|Immediate/.test(name)).join())
    `)
    await child.line(/resources/)
    const { code, afterMs } = await child.ended()
    expect(child.output.stdout).toContain('resources: \n')
    expect(child.output.stderr).toBe('')
    expect(code).toBe(0)
    expect(afterMs).toBeLessThan(1000)
  })

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: requests in flight are answered, new connections refused, the process ends by itself',
    async (signal) => {
      const child = runModule(APP)
      const [, url = ''] = await child.line(/listening on (\S+)/)
      // A connection that is kept alive and idle, one with a request in flight, and one with a stream.
      await (await fetch(`${url}/quick`)).text()
      const slow = fetch(`${url}/slow`)
      const stream = await fetch(`${url}/stream`)
      const began = performance.now()
      child.process.kill(signal)
      await new Promise((resolve) => setTimeout(resolve, 50))
      await expect(fetch(`${url}/quick`, { headers: { connection: 'close' } })).rejects.toThrow()
      const response = await slow
      expect([response.status, await response.text(), response.headers.get('connection')]).toEqual([200, 'done', 'close'])
      expect(await stream.text()).toBe('part'.repeat(6))
      const answeredAfterMs = performance.now() - began
      const { code, signal: killedBy, afterMs } = await child.ended()
      expect([code, killedBy]).toEqual([0, null])
      expect(afterMs).toBeLessThan(1000)
      expect(answeredAfterMs).toBeGreaterThan(200)
      expect(child.output.stdout).toMatch(/stopped\n$/)
      expect(child.output.stderr).toBe('')
    },
  )

  test('a start that fails ends the process with the reason and code 1', async () => {
    const child = runModule(`
      import { micro } from '@micro/core'
      import { serve } from '@micro/core/node'
      const app = micro(import.meta, { mode: 'production', env: {} })
      app.get('/', () => 'x')
      await serve(app, { port: 0 })
    `)
    const { code } = await child.ended()
    expect(code).toBe(1)
    expect(child.output.stderr).toContain('secretKey')
    expect(child.output.stderr).toContain('MICRO_SECRET_MISSING')
  })

  test('a port that is taken: the app is stopped again, and the process ends', async () => {
    const child = runModule(`${APP}
      const { createServer } = await import('node:net')
      const taken = createServer().listen(0, '127.0.0.1')
      await new Promise((resolve) => taken.once('listening', resolve))
      const other = micro(import.meta, { mode: 'test', env: {} }).use(ticking)
      const error = await serve(other, { port: taken.address().port }).catch((caught) => caught)
      console.log(error.code, error.message.includes('127.0.0.1:' + taken.address().port + ': something listens there already'))
      taken.close()
      await app.stop()
    `)
    await child.line(/MICRO_LISTEN true/)
    expect((await child.ended()).afterMs).toBeLessThan(1000)
    expect(child.output.stdout.match(/stopped/g)).toHaveLength(2)
  })

  test('process.exit stands nowhere in packages/', () => {
    const packages = fileURLToPath(new URL('../..', import.meta.url))
    const sources = readdirSync(packages).flatMap((name) =>
      readdirSync(`${packages}/${name}/src`, { recursive: true }).map((file) => `${packages}/${name}/src/${String(file)}`),
    )
    expect(sources.length).toBeGreaterThan(100)
    expect(
      sources.filter((file) => file.endsWith('.ts') && /process\.(exit|reallyExit|abort|kill)\b\(/.test(readFileSync(file, 'utf8'))),
    ).toEqual([])
  })
})
