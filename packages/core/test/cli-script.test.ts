import { micro } from '@micro/core'
import { type CliOutput, runCli } from '@micro/core/cli'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { runModule } from './child.ts'

describe('runCli in a script of one’s own', () => {
  const quiet = (): CliOutput & { readonly lines: string[] } => {
    const lines: string[] = []
    return { lines, print: (line) => lines.push(line), complain: (line) => lines.push(line) }
  }

  test('is about the app that it is given, made by a function or not, whatever lies in the directory', async () => {
    const createApp = async () => micro(import.meta, { env: {} }).get('/own', () => 'x')
    for (const app of [createApp, await createApp()]) {
      const output = quiet()
      expect(await runCli(['routes'], { app, output })).toBe(0)
      expect(output.lines.join('\n')).toContain('/own')
    }
  })

  test('a function that fails is told as a broken app is', async () => {
    const output = quiet()
    const app = () => {
      throw new Error('no such luck')
    }
    expect(await runCli(['--help'], { app, output })).toBe(1)
    expect(output.lines.join('\n')).toMatch(/routes +Lists the routes[\s\S]*no such luck/)
  })

  test('starts and stops the app around a command of its own', async () => {
    const log: string[] = []
    const app = micro(import.meta, { env: {}, mode: 'test' })
    app.onStart(() => log.push('start'))
    app.onStop(() => log.push('stop'))
    app.cli.command('go', { description: 'Goes.' }, () => log.push('go'))
    expect(await runCli(['go'], { app, output: quiet() })).toBe(0)
    expect(log).toEqual(['start', 'go', 'stop'])
  })

  test('serves it, in the same process', async () => {
    const child = runModule(
      `import { micro } from '@micro/core'
       import { runCli } from '@micro/core/cli'
       process.exitCode = await runCli(['run', '--port', '0'], { app: () => micro(import.meta).get('/', () => String(process.pid)) })`,
    )
    const [, url = ''] = await child.line(/Serving on (http:\S+)/)
    expect(await (await fetch(url)).text()).toBe(String(child.process.pid))
    child.process.kill('SIGTERM')
    expect((await child.ended()).code).toBe(0)
  })
})

describe('the flags of a command', () => {
  const app = () => micro(import.meta, { env: {} })

  test('are typed and filled as declared', async () => {
    const site = app()
    let got: unknown
    site.cli.command(
      'go',
      {
        description: 'Goes.',
        start: false,
        flags: {
          loud: { type: 'boolean', description: 'x' },
          to: { type: 'string', description: 'x' },
          via: { type: 'string', description: 'x', multiple: true },
          how: { type: 'string', description: 'x', choices: ['fast', 'slow'], default: 'slow' },
        },
      },
      ({ flags }) => {
        expectTypeOf(flags.loud).toEqualTypeOf<boolean | undefined>()
        expectTypeOf(flags.to).toEqualTypeOf<string | undefined>()
        expectTypeOf(flags.via).toEqualTypeOf<readonly string[]>()
        expectTypeOf(flags.how).toEqualTypeOf<'fast' | 'slow'>()
        got = flags
      },
    )
    const run = async (...args: readonly string[]) => {
      expect(await runCli(['go', ...args], { app: site, output: { print: () => undefined, complain: () => undefined } })).toBe(0)
      return got
    }
    expect(await run()).toEqual({ via: [], how: 'slow' })
    expect(await run('--via', 'a', '--via=b', '--how', 'fast', '--loud', '--to=-1')).toEqual({
      via: ['a', 'b'],
      how: 'fast',
      loud: true,
      to: '-1',
    })
  })

  test.each([
    ['a name', { mode: { type: 'string', description: 'x' } }, '--mode, and every command has --mode'],
    ['a letter', { every: { type: 'boolean', description: 'x', short: 'e' } }, '-e, and every command has --env-file'],
  ] as const)('may not take %s of those that every command has', (_, flags, says) => {
    expect(() => app().cli.command('go', { description: 'Goes.', flags }, () => undefined)).toThrow(says)
  })
})

describe('help texts', () => {
  test('are at most 80 columns wide', async () => {
    const lines: string[] = []
    const output = { print: (line: string) => lines.push(line), complain: (line: string) => lines.push(line) }
    for (const args of [[], ['run'], ['routes'], ['config'], ['extensions'], ['check'], ['shell']]) {
      await runCli([...args, '--help'], { app: micro(import.meta, { env: {} }), output })
    }
    expect(lines.flatMap((line) => line.split('\n')).filter((line) => line.length > 80)).toEqual([])
    expect(lines.join('\n')).toContain('--socket <path>')
  })
})
