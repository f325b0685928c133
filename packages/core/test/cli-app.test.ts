import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { runCli } from '../src/cli.ts'
import { runMicro } from './child.ts'
import { project } from './project.ts'

const made = (name: string) => `micro(import.meta).get('/${name}', () => 'x')`
const IMPORT = "import { micro } from '@micro/core'\n"
const simple = (name: string) => `${IMPORT}export const ${name} = ${made(name)}\n`

/** Runs a command line in this process, about an app in a directory of its own. */
async function run(files: { readonly [path: string]: string }, args: readonly string[]) {
  const root = project(files)
  const out: string[] = []
  const complaints: string[] = []
  const [app, ...rest] = args[0]?.startsWith('app=') === true ? [args[0].slice(4), ...args.slice(1)] : ['', ...args]
  const code = await runCli(['--app', join(root, app as string), ...rest.map((arg) => arg.replace('ROOT', root))], {
    output: { print: (line) => out.push(line), complain: (line) => complaints.push(line) },
  })
  const plain = (lines: readonly string[]): string => lines.join('\n').replaceAll(`${root}/`, '').replaceAll(root, '.')
  return { code, out: plain(out), stderr: plain(complaints) }
}

describe('the app of a command line', () => {
  const found: readonly (readonly [files: { readonly [path: string]: string }, app: string, path: string])[] = [
    [{ 'app.ts': simple('app') }, '', '/app'],
    [{ 'src/app.ts': simple('app') }, '', '/app'],
    [{ 'server.mjs': simple('app') }, '', '/app'],
    [{ 'src/index.js': simple('app') }, '', '/app'],
    [{ 'main.mts': simple('app') }, '', '/app'],
    [{ 'app.ts': simple('app'), 'index.ts': 'throw new Error("not asked for")' }, '', '/app'],
    [{ 'app.ts': `${simple('a')}export default Promise.resolve(a)` }, '', '/a'],
    [{ 'app.ts': `${IMPORT}export default async () => ${made('made')}` }, '', '/made'],
    [{ 'app.ts': `${IMPORT}export const createApp = async () => ${made('made')}` }, '', '/made'],
    [{ 'app.ts': `${IMPORT}export function makeApp() { return ${made('made')} }` }, '', '/made'],
    [{ 'app.ts': `${simple('site')}export const number = 5\nexport const same = site` }, '', '/site'],
    [{ 'app.ts': `${simple('app')}export const admin = ${made('admin')}` }, '', '/app'],
    [{ 'other.ts': simple('mine') }, 'other.ts:mine', '/mine'],
    [{ 'other.ts': simple('mine') }, 'other:mine', '/mine'],
    [{ 'site/src/app.ts': simple('app') }, 'site', '/app'],
    [
      { 'app.ts': `${IMPORT}export const site = (name) => ${made('x')}.get('/' + name.split(':').length, () => 'x')` },
      'app.ts:site("a:b(c)")',
      '/2',
    ],
    [{ 'app.ts': `${IMPORT}export const site = (o, n) => ${made('x')}.get('/' + o.a + n, () => 'x')` }, 'app:site({"a": "b"}, 5)', '/b5'],
  ]
  test.each(found)('in %o by %j is found', async (files, app, path) => {
    const { code, out, stderr } = await run(files, [`app=${app}`, 'routes'])
    expect([code, stderr]).toEqual([0, ''])
    expect([...out.matchAll(/^GET +(\/\S*)/gm)].map(([, found]) => found)).toContain(path)
  })

  const refused: readonly (readonly [files: { readonly [path: string]: string }, app: string, says: string])[] = [
    [{}, '', 'looked for any of app.ts, src/app.ts, server.ts, src/server.ts, index.ts'],
    [{}, 'nope', 'looked for nope, nope.ts, nope.mts, nope.js, nope.mjs'],
    [
      { 'app.ts': 'export default 5' },
      '',
      'MICRO_APP_EXPORT: app.ts exports no app: default is a number (5); there is no app, createApp, makeApp',
    ],
    [{ 'app.ts': 'export default class Site {}\nexport const app = {}' }, '', 'default is a class; app is an object that is no app;'],
    [{ 'app.ts': 'export const createApp = () => {}' }, '', 'createApp is a function that gave nothing (undefined)'],
    [{ 'app.ts': simple('site') }, 'app.ts:stie', 'there is no export stie (there is site; did you mean site?)'],
    [{ 'app.ts': simple('site') }, 'app.ts:site(1)', 'site is an app, no function that could take arguments'],
    [
      { 'app.ts': `${simple('one')}export const two = ${made('two')}` },
      '',
      'MICRO_APP_SEVERAL: app.ts exports several apps: one, two. Say which: --app app.ts:one',
    ],
    [
      { 'app.ts': `${IMPORT}export default (o) => micro(import.meta, { name: o.name })` },
      '',
      'MICRO_APP_FACTORY: default of app.ts takes 1 argument(s), was called with 0',
    ],
    [{ 'app.ts': simple('app') }, 'app.ts:app(process.exit(7))', 'MICRO_APP_ARGUMENTS: What stands in the parentheses'],
    [{ 'app.ts': "import 'no-such-package'" }, '', "Cannot find package 'no-such-package'"],
  ]
  test.each(refused)('in %o by %j is refused: %s', async (files, app, says) => {
    const { code, stderr } = await run(files, [`app=${app}`, 'routes'])
    expect(code).toBe(1)
    expect(stderr).toContain(says)
  })

  test.each([
    ['the environment', {}, { MICRO_APP: 'other.ts:mine' }],
    ['the .env file here', { '.env': 'MICRO_APP=other\n' }, {}],
  ] as const)('is named by %s', async (_, files, env) => {
    const child = runMicro(['routes'], project({ 'other.ts': simple('mine'), ...files }), { env })
    await child.ended()
    expect(child.output.stdout).toContain('/mine')
  })

  test('a directory without one has help all the same', async () => {
    const help = runMicro([], project({}))
    expect((await help.ended()).code).toBe(0)
    expect(help.output.stdout).toContain('MICRO_APP_MISSING: No app was found')
  })
})

describe('a package.json that says commonjs', () => {
  const packaged = { 'package.json': '{ "name": "site", "type": "commonjs" }' }
  const told: readonly (readonly [what: string, files: { readonly [path: string]: string }])[] = [
    ['a module that imports', { 'app.ts': simple('app') }],
    ['one that only exports', { 'app.ts': 'export default 5' }],
    ['one in JavaScript, in a directory of its own', { 'src/app.js': simple('app') }],
    ['one that a module imports', { 'app.mts': "import './notes.ts'", 'notes.ts': 'export const notes = []' }],
  ]
  test.each(told)('is told for %s, with what to do', async (_, files) => {
    const child = runMicro(['routes'], project({ ...packaged, ...files }))
    expect((await child.ended()).code).toBe(1)
    expect(child.output.stderr).toMatch(
      /MICRO_APP_COMMONJS: .*\/(app|notes)\.[jt]s is written as a module, but .*\/package\.json says "type": "commonjs"\./,
    )
    expect(child.output.stderr).toContain('npm pkg set type=module')
  })

  const others: readonly (readonly [what: string, files: { readonly [path: string]: string }])[] = [
    ['a mistake of syntax', { 'app.ts': 'const x = ;' }],
    ['what the app throws', { 'app.cjs': '', 'app.js': 'throw new SyntaxError("Unexpected token \'export\'")' }],
    ['a package that is a module by its ending', { 'app.mts': 'export default 5' }],
    ['a package that says nothing', { 'package.json': '{}', 'app.ts': 'export default 5; const a = 1; const a = 2' }],
  ]
  test.each(others)('is not told for %s', async (_, files) => {
    const child = runMicro(['routes'], project({ ...packaged, ...files }))
    expect((await child.ended()).code).toBe(1)
    expect(child.output.stderr).not.toContain('npm pkg set')
  })
})

describe('files of variables', () => {
  const files = {
    'app.ts': `import { micro } from '@micro/core'
const app = micro(import.meta)
app.cli.command('say', { description: 'Says.', start: false }, ({ print }) => print([app.mode, app.config.server.port, process.env.FIRST, process.env.SECOND].join(' ')))
export default app`,
    '.env': 'MICRO_SERVER__PORT=1\nFIRST=dotenv\nSECOND=dotenv\nMICRO_MODE=test\n',
    'more.env': 'MICRO_SERVER__PORT=2\nFIRST=more\n',
    'last.env': 'MICRO_SERVER__PORT=3\n',
  }
  const cases: readonly (readonly [args: readonly string[], env: { readonly [name: string]: string }, says: string])[] = [
    [[], {}, 'test 1 dotenv dotenv'],
    [['-e', 'ROOT/more.env'], {}, 'test 2 more dotenv'],
    [['--env-file=ROOT/more.env', '-e', 'ROOT/last.env'], {}, 'test 3 more dotenv'],
    [['-e', 'ROOT/more.env'], { MICRO_SERVER__PORT: '9', FIRST: 'real' }, 'test 9 real dotenv'],
    [['--mode', 'production'], { MICRO_MODE: 'development' }, 'production 1 dotenv dotenv'],
  ]
  afterEach(() => void vi.unstubAllEnvs())

  test.each(cases)('%j in %o: .env below --env-file, the environment above, flags above all', async (args, env, says) => {
    for (const [name, value] of Object.entries({ FIRST: undefined, SECOND: undefined, ...env })) {
      vi.stubEnv(name, value)
    }
    expect(await run(files, ['app=app.ts', 'say', ...args])).toEqual({ code: 0, out: says, stderr: '' })
  })

  test('are named by MICRO_ENV_FILE too', async () => {
    const child = runMicro(['say'], project(files), { env: { MICRO_ENV_FILE: 'more.env' } })
    await child.ended()
    expect(child.output).toEqual({ stdout: 'test 2 more dotenv\n', stderr: '' })
  })

  test('their values are told with file and line', async () => {
    const { out } = await run(files, ['app=app.ts', 'config', 'server.port', '-e', 'ROOT/more.env'])
    expect(out).toContain('source      more.env:1 (MICRO_SERVER__PORT)')
  })
})
