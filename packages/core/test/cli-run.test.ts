import { writeFileSync } from 'node:fs'
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

  test('starts again when a file changes, also after one that did not parse', async () => {
    const root = project({ 'app.ts': app('one') })
    const child = runMicro(['run', '--port', '0'], root)
    await child.line(SERVING)
    writeFileSync(join(root, 'app.ts'), 'this is no module')
    for (let round = 0; round < 100 && !/Failed running|SyntaxError/.test(child.output.stderr + child.output.stdout); round++) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    writeFileSync(join(root, 'app.ts'), app('two'))
    const matches = () => [...child.output.stdout.matchAll(new RegExp(SERVING, 'g'))]
    for (let round = 0; round < 200 && matches().length < 2; round++) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const [, url = ''] = matches().at(-1) ?? []
    expect(await (await fetch(url)).text()).toMatch(/^two development \d+$/)
    child.process.kill('SIGTERM')
    await child.ended()
    await expect(fetch(url)).rejects.toThrow()
  }, 30_000)

  test('an app that cannot start: 1, with the reason', async () => {
    const child = runMicro(['run', '--no-reload'], project({ 'app.ts': app('one') }), { env: { MICRO_MODE: 'production' } })
    expect((await child.ended()).code).toBe(1)
    expect(child.output.stderr).toContain('MICRO_SECRET_MISSING')
  })
})
