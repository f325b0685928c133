import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCli } from '../src/cli.ts'
import { defaultMode } from '../src/config/mode.ts'
import { project } from './project.ts'

const APP = `
import { defineExtension, micro, option, options } from '@micro/core'
const tool = defineExtension({
  name: 'tool', version: '1.2.0', core: '*', config: options({ size: option.int({ default: 3, description: 'How big.' }), key: option.string({ secret: true }) }),
  effects: ['answers faster'],
  initApp: (app) => {
    app.cli.command('make', { description: 'Makes a thing.', positionals: ['<name>', '[more...]'], examples: ['micro tool make it'], flags: { loud: { type: 'boolean', description: 'Louder.', short: 'l' }, to: { type: 'string', description: 'Where to.' } } },
      ({ positionals, flags, print, app }) => print(JSON.stringify({ positionals, flags, mode: app.mode })))
    app.cli.command('make all', { description: 'Makes everything.' }, ({ print }) => print('all'))
    app.cli.command('fail', { description: 'Fails.' }, () => { throw new Error('it failed') })
    return {}
  },
})
export const createApp = () => {
  const app = micro(import.meta).use(tool)
  app.get('/', { name: 'home' }, () => 'x').post('/a/:b', () => 'x').all('/all', () => 'x')
  app.cli.command('hello', { description: 'Says hello.', start: false }, ({ print }) => print('hello'))
  return app
}
export default createApp
`

/** Runs a command line in this process. */
async function run(args: readonly string[], files: { readonly [path: string]: string } = { 'app.ts': APP }) {
  const root = project(files)
  const out: string[] = []
  const complaints: string[] = []
  const code = await runCli(['--app', join(root, Object.keys(files)[0] as string), ...args], {
    output: { print: (line) => out.push(line), complain: (line) => complaints.push(line) },
  })
  return { code, out: out.join('\n').replaceAll(root, ''), complaints: complaints.join('\n').replaceAll(root, '') }
}

describe('micro', () => {
  test('routes', async () => {
    const { code, out, complaints } = await run(['routes'])
    expect([code, complaints]).toEqual([0, ''])
    expect(out).toMatch(
      /^METHOD +PATH +NAME +DECLARED AT\nGET +\/ +home +\/app\.ts:16\nPOST +\/a\/:b +\/app\.ts:16\nALL +\/all +\/app\.ts:16$/,
    )
    const json = await run(['routes', '--json'])
    expect((JSON.parse(json.out) as object[])[0]).toEqual({
      methods: ['GET'],
      path: '/',
      name: 'home',
      host: null,
      blueprint: null,
      middleware: [],
      where: '/app.ts:16',
    })
  })

  test('config, with secrets masked', async () => {
    process.env.MICRO_TOOL__KEY = 'hunter2'
    try {
      const { code, out } = await run(['config'])
      expect(code).toBe(0)
      expect(out).toMatch(/^tool\.size +3 +default$/m)
      expect(out).toMatch(/^tool\.key +"•••" +environment variable MICRO_TOOL__KEY$/m)
      expect(out).not.toContain('hunter2')
      const json = JSON.parse((await run(['config', '--json'])).out) as { key: string }[]
      expect(json.find(({ key }) => key === 'tool.size')).toEqual({
        key: 'tool.size',
        value: 3,
        source: 'default',
        variable: 'MICRO_TOOL__SIZE',
        description: 'How big.',
      })
    } finally {
      delete process.env.MICRO_TOOL__KEY
    }
  })

  test('config, one key, one namespace, and what is not the default', async () => {
    expect((await run(['config', 'tool.size'])).out).toBe(
      'value       3\nsource      default\nvariable    MICRO_TOOL__SIZE\nwhat it is  How big.',
    )
    expect(JSON.parse((await run(['config', 'tool.size', '--json'])).out)).toMatchObject({ key: 'tool.size', value: 3 })
    expect((await run(['config', 'tool'])).out).toBe('KEY        VALUE  SOURCE\ntool.size  3      default')
    expect((await run(['config', 'tool', '--all'])).out).toMatch(/\ntool\.key +– +default$/)
    expect((await run(['config', 'tool', '--changed'])).out).toBe('Every value is the default.')
  })

  test('extensions', async () => {
    const { code, out } = await run(['extensions'])
    expect(code).toBe(0)
    expect(out).toContain('tool 1.2.0\n')
    expect(out).toMatch(/config +tool\.size, tool\.key/)
    expect(out).toMatch(/effects +answers faster/)
    expect(out).toMatch(/command +tool make all/)
    const json = JSON.parse((await run(['extensions', '--json'])).out) as { name: string }[]
    expect(json.map(({ name }) => name)).toEqual(['tool'])
    expect((await run(['extensions', 'tool'])).out).toBe(out)
  })

  describe('commands of extensions and the app', () => {
    const commands: readonly (readonly [args: readonly string[], out: string | RegExp])[] = [
      [['tool', 'make', 'a', '-l', '--to', 'x', 'b'], '{"positionals":["a","b"],"flags":{"loud":true,"to":"x"},"mode":"development"}'],
      [['tool', 'make', 'all'], 'all'],
      [['tool', 'make', '--', '--help'], '{"positionals":["--help"],"flags":{},"mode":"development"}'],
      [['hello'], 'hello'],
      [
        ['tool', 'make', '--help'],
        /^Usage: micro tool make <name> \[more\.\.\.\] \[options\]\n\nMakes a thing\.\n\nOptions:\n {2}-l, --loud +Louder\.\n +--to <value> +Where to\.\n\nOptions of every command:\n {2}--app, .*\n\nExamples:\n {2}micro tool make it$/,
      ],
      [['help', 'tool', 'make'], /^Usage: micro tool make/],
      [['routes', '-h'], /^Usage: micro routes \[options\]\n\nLists the routes/],
      [['run', '--help'], /--port <number> +Port to listen on/],
      [['--version'], /^\d+\.\d+\.\d+/],
      [
        ['--help'],
        /^Usage: micro <command> \[options\]\n\nCommands:\n {2}run +Serves the app[\s\S]*\n\nCommands of tool:\n {2}tool make +Makes a thing\.[\s\S]*\n\nCommands of the app:\n {2}hello +Says hello\.\n\nOptions:\n/,
      ],
      [[], /^Usage: micro <command>/],
    ]
    test.each(commands)('micro %j', async (args, expected) => {
      const { code, out, complaints } = await run(args)
      expect(complaints).toBe('')
      expect(out).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected))
      expect(code).toBe(0)
    })

    const usage: readonly (readonly [args: readonly string[], says: string])[] = [
      [['nonsense'], "There is no command 'nonsense'. See micro --help."],
      [['rout'], "There is no command 'rout'. Did you mean 'micro routes'?"],
      [['tool', 'mkae'], "Did you mean 'micro tool make'?"],
      [['tool', 'make'], 'micro tool make needs <name>. See micro tool make --help.'],
      [['tool', 'make', 'all', 'of', 'it'], "micro tool make all cannot use 'of'."],
      [['tool', 'make', 'x', '--tu', 'y'], "Unknown option '--tu'. Did you mean --to?"],
      [['tool', 'make', 'x', '--to', '-l'], '--to needs a value.'],
      [['tool', 'make', 'x', '--loud=yes'], '--loud takes no value.'],
      [['routes', '--sort', 'colour'], '--sort=colour: give declared, path, name, method or host.'],
      [['--mode=live', 'routes'], '--mode=live: give development, test or production.'],
      [['routes', '--env-file'], '--env-file needs a value: --env-file path.'],
      [['routes', '--env-file', 'no/such.env'], 'There is no file no/such.env (from --env-file).'],
      [['config', 'tool.sise'], "There is no configuration key 'tool.sise'. Did you mean 'tool.size'?"],
      [['extensions', 'toll'], "No extension 'toll' is installed. Did you mean 'tool'?"],
      [['run', '--socket', 'x', '--port', '1'], '--socket stands instead of --host and --port'],
      [['run', '--cert', 'x.pem'], "Unknown option '--cert'."],
      [['tool', 'nonsense'], "There is no command 'tool nonsense'."],
      [['tool', 'make', '--odd'], '--odd'],
      [['routes', '--odd'], 'See micro routes --help.'],
      [['--odd'], 'Unknown flag --odd.'],
      [['run', '--port', 'x'], '--port x: give a number from 0 to 65535.'],
      [['run', '--port', '70000'], 'from 0 to 65535'],
    ]
    test.each(usage)('micro %j cannot be understood: 2', async (args, says) => {
      const { code, complaints } = await run(args)
      expect(complaints).toContain(says)
      expect(code).toBe(2)
    })

    test('the words before a command are listed with what follows them', async () => {
      const { code, out } = await run(['tool'])
      expect(out).toContain('tool make all  Makes everything.')
      expect(code).toBe(2)
    })

    test('one that throws: 1, and the app has been stopped', async () => {
      const { code, complaints } = await run(['tool', 'fail'])
      expect(complaints).toContain('Error: it failed')
      expect(code).toBe(1)
    })

    test('the mode of apps made afterwards is what it was', async () => {
      await run(['hello'])
      expect(defaultMode()).toBe('production')
    })
  })

  describe('an app that is broken', () => {
    const broken = (body: string) => ({
      'app.ts': `
        import { blueprint, defineExtension, middleware, micro, need, option, options } from '@micro/core'
        const make = (name, parts = {}) => defineExtension({ name, version: '1.0.0', core: '*', config: options({ size: option.int({ default: 1 }) }), ...parts,
          initApp: (app) => { app.cli.command('go', { description: 'Goes.' }, () => {}); return {} } })
        const db = make('db')
        const auth = make('auth', { needs: { db: need() } })
        export default () => { ${body} }
      `,
    })
    const cases: readonly (readonly [what: string, body: string, says: readonly string[], never: string | null])[] = [
      [
        'order',
        'return micro(import.meta).use(auth).use(db).get("/", () => "x")',
        ["MICRO_NEED_ORDER: 'auth' needs 'db', which is installed after it"],
        'MICRO_NEED_MISSING',
      ],
      [
        'missing',
        'return micro(import.meta).use(auth).get("/", () => "x")',
        ["MICRO_NEED_MISSING: 'auth' needs 'db'", 'npm install @micro/db'],
        'MICRO_NEED_ORDER',
      ],
      [
        'configuration',
        'return micro(import.meta, { config: { db: { siz: 1 } } }).use(db).use(auth).get("/", () => "x")',
        ["MICRO_CONFIG_UNKNOWN: There is no configuration key 'db.siz'"],
        'MICRO_NEED',
      ],
      [
        'several',
        'return micro(import.meta, { config: { session: { maxAge: "x" }, server: { port: -1 } } }).use(make("render")).get("/", () => "x")',
        ['session.maxAge = "x"', 'server.port = -1', 'MICRO_NAME_RESERVED'],
        null,
      ],
    ]
    test.each(cases)('is explained, and lists what it can: %s', async (_, body, says, never) => {
      for (const command of ['routes', 'config', 'extensions', '--help']) {
        const { code, out, complaints } = await run([command], broken(body))
        expect(code).toBe(1)
        for (const part of says) {
          expect(complaints).toContain(part)
        }
        if (never !== null) {
          expect(complaints).not.toContain(never)
        }
        expect(out).toMatch(
          command === 'routes' ? /GET +\// : command === 'config' ? /server\.port/ : command === '--help' ? /routes/ : /No extension|db|/,
        )
      }
    })

    test('its routes: what cannot be assembled is named, with the places', async () => {
      const { code, complaints } = await run(['routes'], broken('return micro(import.meta).get("/a", () => "x").get("/a", () => "x")'))
      expect(complaints).toMatch(
        /MICRO_ROUTE_TAKEN: GET \/a is answered twice: by the route at \/app\.ts:\d+ and by the one at \/app\.ts:\d+/,
      )
      expect(code).toBe(1)
    })

    test('its configuration: a namespace that nobody has', async () => {
      const { code, complaints } = await run(['config'], broken('return micro(import.meta, { config: { dbb: {} } }).use(db)'))
      expect(complaints).toContain("There is no configuration key 'dbb' (from option config.dbb of micro()). Did you mean 'db'?")
      expect(code).toBe(1)
    })

    test.each(['db', 'db.size'])('its configuration: why there is no key %s', async (key) => {
      const refused = broken('return micro(import.meta, { config: { db: { size: "x" } } }).use(db)')
      const { code, out, complaints } = await run(['config', key], refused)
      expect(complaints).toMatch(
        new RegExp(`db\\.size = "x"[\\s\\S]*There is no configuration key '${key}' as far as the app could be read; see above\\.$`),
      )
      expect([code, out]).toEqual([1, ''])
    })

    test.each(['check', 'config'])('one value that is refused is one finding: %s', async (command) => {
      const { code, out, complaints } = await run(
        [command],
        broken(`
          const env = { MICRO_SECRET_KEY: 'x'.repeat(40), MICRO_DB__SIZE: 'x' }
          const signedIn = middleware({ needs: [db] }, (ctx, next) => next())
          const notes = blueprint('notes', import.meta, { needs: [db] }).get('/', () => 'x')
          const outer = blueprint('outer', import.meta).register(notes)
          return micro(import.meta, { env, config: { db: {} } }).use(db).use(auth).register(notes, { prefix: '/notes' }).register(outer)
            .get('/', [signedIn], () => 'x')
        `),
      )
      expect(complaints + out).toContain('db.size = "x"')
      expect(complaints + out).not.toMatch(/MICRO_\w+NEED|nothing reads it|no configuration key/)
      expect(command === 'check' ? out.split('\n').at(-1) : '1 finding(s).').toBe('1 finding(s).')
      expect(code).toBe(1)
    })

    test('its commands are listed, but not run', async () => {
      const { code, complaints } = await run(['db', 'go'], broken('return micro(import.meta, { env: {} }).use(db).use(make("render"))'))
      expect(complaints).toContain('MICRO_NAME_RESERVED')
      expect(code).toBe(1)
      const unknown = await run(['nonsense'], broken('return micro(import.meta, { env: {} }).use(make("render"))'))
      expect(unknown.complaints).toMatch(/MICRO_NAME_RESERVED[\s\S]*There is no command 'nonsense' as far as the app could be read/)
      expect(unknown.code).toBe(1)
    })

    test('its errors have a stack where --stack asks for it, and otherwise only if they are nobody’s on purpose', async () => {
      const files = broken('return micro(import.meta, { env: {} }).use(make("render"))')
      expect((await run(['routes'], files)).complaints).not.toContain('    at ')
      expect((await run(['routes', '--stack'], files)).complaints).toMatch(/MICRO_NAME_RESERVED: .*\n {4}at /)
      const thrown = (await run(['routes'], broken('throw new Error("no such luck")'))).complaints
      expect(thrown).toMatch(/Error: no such luck\n {4}at .*app\.ts/)
      expect(thrown).not.toContain('node:internal')
      const cause = broken('throw new Error("outer", { cause: new Error("inner") })')
      expect((await run(['routes'], cause)).complaints).toContain('caused by: inner')
      expect((await run(['--stack', 'routes'], cause)).complaints).toMatch(/caused by: Error: inner\n {6}at /)
    })

    test('one that throws, or whose module does, or exports none', async () => {
      expect((await run(['routes'], broken('throw new Error("no such luck")'))).complaints).toContain('Error: no such luck')
      expect((await run(['routes'], { 'app.ts': 'throw new Error("at import")' })).complaints).toContain('Error: at import')
      const none = await run(['routes'], { 'app.ts': 'export const other = 5' })
      expect(none.complaints).toContain('MICRO_APP_EXPORT: /app.ts exports no app: there is no default, app, createApp, makeApp; no other')
      expect((await run(['--help'], { 'app.ts': 'throw new Error("at import")' })).out).toContain('extensions')
    })
  })
})
