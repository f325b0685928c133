/** What will be removed says so first (P26): an extension that deprecates a key of its configuration and a method of its member. */
import { join } from 'node:path'
import { defineExtension, errorTable, type LogLine, type Member, type MicroOptions, micro, need, option, options } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { runCli } from '../src/cli.ts'
import { CORE_ERRORS } from '../src/errors/core-errors.ts'
import { deprecationMode } from '../src/extension/deprecation.ts'
import { microErrorOf } from './micro-error-of.ts'
import { project } from './project.ts'

const clockError = errorTable({
  MICRO_CLOCK_NOW_DEPRECATED: { message: 'app.clock.now() is deprecated since 1.2.0.', fix: 'Call app.clock.time().' },
})

const clock = (given: { readonly zone?: string } = {}) =>
  defineExtension({
    name: 'clock',
    version: '1.2.0',
    core: '*',
    config: options({
      zone: option.string({ deprecated: true, description: 'Since 1.2.0: use clock.offset.' }),
      offset: option.int({ default: 0 }),
    }),
    options: given,
    initApp(app) {
      const now = () => {
        app.reportDeprecated(clockError('MICRO_CLOCK_NOW_DEPRECATED', {}), now)
        return 'noon'
      }
      return { app: { now, time: () => 'noon' } }
    },
  })

const make = (options: MicroOptions, given?: { readonly zone?: string }) => {
  const lines: LogLine[] = []
  const app = micro(import.meta, { mode: 'test', env: {}, logSink: (line) => lines.push(line), ...options }).use(clock(given))
  return { app, lines }
}

describe('what is deprecated (P26)', () => {
  test('still works, and is logged once for each place, with code, place, and what to do instead', () => {
    const { app, lines } = make({})
    const twice = () => {
      const said = app.clock.now()
      return said
    }
    expect([twice(), twice(), app.clock.now()]).toEqual(['noon', 'noon', 'noon'])
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'warn'])
    const [first, second] = lines
    expect(first?.message).toMatch(
      /^app\.clock\.now\(\) is deprecated since 1\.2\.0\. It is used at \S+deprecation\.test\.ts:\d+\. Call app\.clock\.time\(\)\.$/,
    )
    expect(first?.fields).toMatchObject({ deprecated: 'MICRO_CLOCK_NOW_DEPRECATED' })
    expect(first?.fields.where).not.toBe(second?.fields.where)
  })

  test('names the extension that uses it while it is installed', () => {
    const { app, lines } = make({})
    app.use(
      defineExtension({
        name: 'diary',
        version: '1.0.0',
        core: '*',
        needs: { clock: need<Member<{ now(): string }>>() },
        config: options({}),
        initApp: (setup) => ({ app: setup.clock.now() }),
      }),
    )
    expect(lines[0]?.message).toMatch(/ It is used by extension 'diary' at \S+deprecation\.test\.ts:\d+\. /)
    expect(lines[0]?.fields.extension).toBe('diary')
  })

  test('each app is told by itself', () => {
    const apps = [make({}), make({})]
    for (const { app } of apps) {
      app.clock.now()
    }
    expect(apps.map(({ lines }) => lines.length)).toEqual([1, 1])
  })

  test('is an error where the configuration says so, and then has not happened', async () => {
    const { app, lines } = make({ config: { deprecations: 'error' } })
    const error = await microErrorOf(() => {
      const said = app.clock.now()
      return said
    })
    expect(error.code).toBe('MICRO_CLOCK_NOW_DEPRECATED')
    expect(error.message).toMatch(/It is used at \S+deprecation\.test\.ts:\d+\. Call app\.clock\.time\(\)\.$/)
    expect(error.fix).toBe('Call app.clock.time().')
    expect(lines).toEqual([])
  })

  const sources: readonly (readonly [source: RegExp, options: MicroOptions, given: { readonly zone?: string }])[] = [
    [/from environment variable MICRO_CLOCK__ZONE\)/, { env: { MICRO_CLOCK__ZONE: 'utc' } }, {}],
    [/from option config\.clock\.zone of micro\(\)\)/, { config: { clock: { zone: 'utc' } } }, {}],
    [/from the options given to clock\(\{ zone \}\)\)/, {}, { zone: 'utc' }],
  ]
  test.each(sources)('a key of the configuration names its source: %s', async (source, options, given) => {
    const { lines } = make(options, given)
    expect(lines.map(({ fields }) => fields.deprecated)).toEqual(['MICRO_CONFIG_DEPRECATED'])
    expect(lines[0]?.message).toMatch(/^Configuration clock\.zone \(from .+ will be removed\. Since 1\.2\.0: use clock\.offset\.$/)
    expect(lines[0]?.message).toMatch(source)
    const strict = { ...options, config: { ...options.config, deprecations: 'error' } } as const
    const error = await microErrorOf(() => make(strict, given))
    expect([error.code, error.message.match(source)?.length]).toEqual(['MICRO_CONFIG_DEPRECATED', 1])
  })

  test('a key that nobody gives is no use of it', () => {
    const { app, lines } = make({ config: { deprecations: 'error' } })
    expect(lines).toEqual([])
    expect(app.configEntries.filter(({ deprecated }) => deprecated).map(({ key }) => key)).toEqual(['clock.zone'])
  })

  test('a row of a table says since when', () => {
    const rows = Object.entries(CORE_ERRORS).filter(([code]) => code.endsWith('_DEPRECATED') && code !== 'MICRO_CONFIG_DEPRECATED')
    expect(rows.filter(([, { message }]) => !/ since \d+\.\d+\.\d+/.test(message))).toEqual([])
  })
})

describe('--deprecations', () => {
  const APP = `
import { defineExtension, micro, option, options } from '@micro/core'
const config = options({ zone: option.string({ deprecated: true, description: 'Since 1.2.0: use clock.offset.' }) })
const clock = defineExtension({ name: 'clock', version: '1.2.0', core: '*', config, options: { zone: 'utc' }, initApp: (app) => {
  app.cli.command('tick', { description: 'Ticks.', start: false }, ({ print }) => print('tick'))
} })
export const lenient = () => micro(import.meta, { env: {}, config: { secretKey: 'x'.repeat(40) } }).use(clock)
export const strict = () => micro(import.meta, { env: { MICRO_DEPRECATIONS: 'error' }, config: { secretKey: 'x'.repeat(40) } }).use(clock)
`
  const MET = 'MICRO_CONFIG_DEPRECATED: Configuration clock.zone (from the options given to clock({ zone })) is deprecated'

  async function run(app: 'lenient' | 'strict', args: readonly string[]) {
    const [out, complaints]: [string[], string[]] = [[], []]
    const named = ['--app', `${join(project({ 'app.ts': APP }), 'app.ts')}:${app}`]
    const code = await runCli([...named, ...args], {
      output: { print: (line) => out.push(line), complain: (line) => complaints.push(line) },
    })
    return { code, out: out.join('\n'), complaints: complaints.join('\n'), times: [...out, ...complaints].join('\n').split(MET).length - 1 }
  }

  test('without it micro check warns', async () => {
    const { code, out, complaints } = await run('lenient', ['check'])
    expect([out.includes(`warning: ${MET}`), complaints, code]).toEqual([true, '', 0])
  })

  test.each([['routes'], ['config'], ['extensions'], ['clock', 'tick']])('without it micro %s goes on, and says so', async (...args) => {
    const { code, complaints, times } = await run('lenient', args)
    expect([complaints.startsWith(`warning: ${MET}`), times, code]).toEqual([true, 1, 0])
  })

  const strict: readonly (readonly [what: string, args: readonly string[]])[] = [
    ['micro check', ['check', '--deprecations=error']],
    ['micro check, with the value by itself', ['check', '--deprecations', 'error']],
    ['micro check, with the flag first', ['--deprecations=error', 'check']],
    ['micro routes', ['routes', '--deprecations=error']],
    ['micro config', ['config', '--deprecations=error']],
    ['micro extensions', ['extensions', '--deprecations=error']],
    ['a command of the extension', ['clock', 'tick', '--deprecations=error']],
    ['micro run', ['run', '--no-reload', '--port', '0', '--deprecations=error']],
  ]
  test.each(strict)('%s fails with it', async (_what, args) => {
    const { code, times } = await run('lenient', args)
    expect([times, code > 0]).toEqual([1, true])
    expect(deprecationMode()).toBeUndefined()
  })

  test('what the environment says counts too, and the flag wins over it', async () => {
    expect((await run('strict', ['check'])).code).toBe(1)
    expect((await run('strict', ['check', '--deprecations=warn'])).code).toBe(0)
  })

  test.each([['--deprecations'], ['--deprecations=never']])('%s is no command line', async (flag) => {
    const { code, complaints } = await run('lenient', ['check', flag])
    expect([complaints.includes('error'), code]).toEqual([true, 2])
  })
})
