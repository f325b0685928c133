import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runMicro } from './child.ts'
import { project } from './project.ts'

const app = (text: string) =>
  `import { micro } from '@micro/core'\nexport default micro(import.meta).get('/', (ctx) => '${text} ' + ctx.mode + ' ' + process.pid)\n`
const SERVING = /Serving on (http:\S+) \((\w+)\)/

describe('micro run', () => {
  test('serves in development, and ends gracefully at a signal', async () => {
    const root = project({ 'app.ts': app('one') })
    const child = runMicro(['run', '--port', '0', '--no-reload'], root)
    const [, url = '', mode] = await child.line(SERVING)
    expect(mode).toBe('development')
    expect(await (await fetch(url)).text()).toBe(`one development ${child.process.pid}`)
    child.process.kill('SIGTERM')
    const { code, afterMs } = await child.ended()
    expect([code, child.output.stderr]).toEqual([0, ''])
    expect(afterMs).toBeLessThan(1000)
  })

  test.each([
    ['the environment', { MICRO_MODE: 'test' }, {}],
    ['the .env file', {}, { '.env': 'MICRO_MODE=test\n' }],
  ] as const)('in the mode that %s says, then without reloading', async (_, env, files) => {
    const child = runMicro(['run', '-p', '0'], project({ 'app.ts': app('one'), ...files }), { env })
    const [, url = '', mode] = await child.line(SERVING)
    expect(mode).toBe('test')
    // It is the process itself that serves, not one that it watches.
    expect(await (await fetch(url)).text()).toBe(`one test ${child.process.pid}`)
    child.process.kill('SIGINT')
    expect((await child.ended()).code).toBe(0)
  })

  test('on a unix socket, ending it with the app', async () => {
    const root = project({ 'app.ts': app('one') })
    const socket = join(root, 'micro.sock')
    const child = runMicro(['run', '--socket', socket, '--no-reload'], root)
    await child.line(/Serving on unix:.*micro\.sock \(development\)/)
    const text = await new Promise<string>((resolve, reject) => {
      request({ socketPath: socket, path: '/', agent: false }, (response) => {
        response.setEncoding('utf8').on('data', resolve)
      })
        .on('error', reject)
        .end()
    })
    expect(text).toMatch(/^one development/)
    child.process.kill('SIGTERM')
    expect((await child.ended()).code).toBe(0)
    expect(existsSync(socket)).toBe(false)
  })

  test('where --host and --port say, over what configuration says; in the mode of --mode, which the app sees', async () => {
    const env = { MICRO_SERVER__PORT: '1', MICRO_SERVER__HOST: '127.0.0.3', MICRO_MODE: 'production' }
    const child = runMicro(['run', '--host', '127.0.0.2', '--port=0', '--mode', 'test'], project({ 'app.ts': app('one') }), { env })
    const [, url = '', mode] = await child.line(SERVING)
    expect(url).toMatch(/^http:\/\/127\.0\.0\.2:(?!1$)/)
    expect(mode).toBe('test')
    expect(await (await fetch(url)).text()).toMatch(/^one test /)
    child.process.kill('SIGTERM')
    await child.ended()
  })

  test('an app that cannot start: 1, with the reason', async () => {
    const child = runMicro(['run', '--no-reload'], project({ 'app.ts': app('one') }), { env: { MICRO_MODE: 'production' } })
    expect((await child.ended()).code).toBe(1)
    expect(child.output.stderr).toContain('MICRO_SECRET_MISSING')
  })
})
