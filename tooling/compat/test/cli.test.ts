/** The command as a stranger has it: `init`, a change, `check`; and packages that break a rule each. */
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { checkPackageRules, checkRules } from '../src/check/check-package.ts'
import { locate } from '../src/check/locate.ts'
import { PACKAGE_RULES } from '../src/check/package-rules.ts'
import { runCompat } from '../src/cli.ts'
import { linesOf, RULES, type RuleReport } from '../src/index.ts'
import { installInto } from './built-copies.ts'

const place = await mkdtemp(join(tmpdir(), 'micro-stranger-'))
afterAll(() => rm(place, { recursive: true, force: true }))
await installInto(place)

const PACKAGE_RULE_IDS = ['exports', 'types', 'core', 'dependencies', 'scripts', 'peer', 'licence', 'engines']

/** Runs a program as somebody does who knows nothing of this repository. */
function run(command: string, args: readonly string[], cwd: string): Promise<{ readonly code: number; readonly output: string }> {
  const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env
  const PATH = `${join(place, 'node_modules/.bin')}:${process.env.PATH}`
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env: { ...env, PATH }, timeout: 60_000, maxBuffer: 1e7 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), output: stdout + stderr }),
    )
  })
}

interface Verdict {
  readonly code: number
  readonly reports: readonly RuleReport[]
  /** Ids of what failed, with what was seen. */
  readonly red: { readonly [id: string]: string }
}

async function check(folder: string): Promise<Verdict> {
  const { code, output } = await run('micro-compat', ['check', '--json'], folder)
  const { reports } = JSON.parse(output.slice(output.indexOf('{'))) as { readonly reports: readonly RuleReport[] }
  return { code, reports, red: redOf(reports) }
}

function redOf(reports: readonly RuleReport[]): Verdict['red'] {
  return Object.fromEntries(reports.flatMap(({ id, outcome }) => (outcome.verdict === 'failed' ? [[id, outcome.seen] as const] : [])))
}

const folder = join(place, 'my-extension')

describe('micro-compat init and check', { timeout: 90_000 }, () => {
  test('init writes an extension, which is not overwritten', async () => {
    const { code, output } = await run('micro-compat', ['init', 'my-extension'], place)
    expect(output).toContain('wrote my-extension/src/index.ts')
    expect(code).toBe(0)
    expect((await readdir(folder)).sort()).toEqual([
      '.gitignore',
      'README.md',
      'ci.sh',
      'micro-compat.js',
      'package.json',
      'src',
      'test',
      'tsconfig.json',
    ])
    expect(await run('micro-compat', ['init', 'my-extension'], place)).toMatchObject({ code: 1 })
    expect(await run('micro-compat', ['init', 'My Extension'], place)).toMatchObject({ code: 2 })
  })

  test('it builds, and passes its tests, as generated', async () => {
    expect(await run('npm', ['run', 'build'], folder)).toMatchObject({ code: 0 })
    const { code, output } = await run('npm', ['test'], folder)
    expect(code, output).toBe(0)
    expect(output).toMatch(new RegExp(`pass ${RULES.length + 1}\\b`))
  })

  test('its test finds a subject that is none, before it runs', async () => {
    const copy = await changed({ file: 'micro-compat.js', find: 'otherConfig', replace: 'otherConfg' })
    const { code, output } = await run('npm', ['test'], copy)
    expect(code).not.toBe(0)
    expect(output).toMatch(/micro-compat\.js.*error TS.*'otherConfg' does not exist in type 'Subject'/)
  })

  test('it passes the command, as generated', async () => {
    const { code, reports, red } = await check(folder)
    expect(red).toEqual({})
    expect(code).toBe(0)
    expect(reports.map(({ id }) => id)).toEqual([...RULES.map(({ id }) => id), ...PACKAGE_RULE_IDS])
    expect(reports.filter(({ outcome }) => outcome.verdict === 'does not apply').map(({ id }) => id)).toEqual(['P11'])
    const table = linesOf(reports)
    expect(table).toContain('ok    P04  its configuration is checked at the .use line, in words')
    expect(table).toContain('n/a   P11  it takes what it needs through needs only')
  })

  const misunderstood: readonly (readonly [args: readonly string[], code: number, first: string])[] = [
    [['check', 'nowhere'], 1, `'nowhere' is no folder, no tarball, and no package that is installed in ${place}.`],
    [['init'], 2, 'The name of the extension is missing.'],
    [['init', 'class'], 2, "'class' names its extension 'class', a word of the language: choose another."],
    [['init', 'micro-default'], 2, "'micro-default' names its extension 'default', a word of the language"],
    [['init', 'micro-2fa'], 2, "'micro-2fa' names its extension '2fa', which does not begin with a letter"],
    [['init', '@me/options'], 2, "'@me/options' names its extension 'options', a member of core's own"],
    [['init', 'option'], 2, "'option' names its extension 'option', which its own files import"],
    [['init', 'subject'], 2, "'subject' names its extension 'subject', which its own files import"],
    [['init', 'session'], 2, "'session' names its extension 'session', a member of core's own"],
    [['init', 'log'], 2, "'log' names its extension 'log', a member of core's own"],
    [['init', 'zlib'], 2, "'zlib' is a module of Node's own: choose another name."],
    [['chekc'], 2, "There is no command 'chekc'."],
    [['explain', 'p25'], 0, 'P25  ext      Its errors carry its code prefix; a bug in its hook names it in the log line.'],
    [['explain'], 0, 'P01  ext      Importing the package'],
    [['explain', 'P99'], 2, "There is no rule 'P99': explain without a rule lists all of them."],
    [['explain', 'exports'], 0, 'exports       package  every entry leads to files that exist'],
    [['explain', 'subject'], 0, 'subject       package  it says how it is to be proven'],
    [['check', 'a', 'b'], 2, "'b' is one argument too many."],
    [
      ['check', 'nowhere', '--json'],
      1,
      JSON.stringify({ error: `'nowhere' is no folder, no tarball, and no package that is installed in ${place}.` }),
    ],
    [['check', '--timeout', 'long'], 2, '--timeout long: give a number of seconds.'],
    [['check', '--jsno'], 2, "Unknown option '--jsno'"],
    [[], 2, 'A command is missing.'],
    [['--help'], 0, 'Usage: micro-compat <command> [options]'],
  ]
  test.each(misunderstood)('%j: %i', async (args, code, first) => {
    const lines: string[] = []
    // In this process, from source: what is printed is the same.
    expect(await runCompat(args, place, (line) => lines.push(line))).toBe(code)
    expect(lines[0]).toContain(first)
    expect(lines.filter((line) => line.length > 100 && line !== first)).toEqual([])
  })

  describe('from a folder that holds nothing', () => {
    const empty = join(place, 'empty')
    const reported = (output: string, summary: RegExp): void => {
      expect(output).toMatch(/^my-extension 1\.0\.0\n/)
      expect(output).toMatch(summary)
      expect(output.split('\n').filter((line) => line.length > 100)).toEqual([])
    }

    test('a tarball, with its own installation', async () => {
      await mkdir(empty)
      expect(await run('npm', ['pack', '--pack-destination', place], folder)).toMatchObject({ code: 0 })
      const { code, output } = await run('micro-compat', ['check', '../my-extension-1.0.0.tgz'], empty)
      expect(code, output).toBe(0)
      reported(output, /\n25 passed, 0 failed, 1 do not apply\n$/)
    })

    test('a folder', async () => {
      const { code, output } = await run('micro-compat', ['check', '../my-extension'], empty)
      expect(code, output).toBe(0)
      reported(output, /\n25 passed, 0 failed, 1 do not apply\n$/)
    })

    test('the name of a package that is installed above', async () => {
      await symlink(folder, join(place, 'node_modules/my-extension'))
      const { code, output } = await run('micro-compat', ['check', 'my-extension'], empty)
      expect(code, output).toBe(0)
      reported(output, /\n25 passed, 0 failed, 1 do not apply\n$/)
    })

    test('one that breaks a rule: the exit code is 1, and JSON says which', async () => {
      const subject = 'broken.mjs'
      const text = await readFile(join(folder, 'micro-compat.js'), 'utf8')
      await writeFile(join(folder, subject), text.replace("greet('')", "greet('Ada')"))
      const { code, output } = await run(
        'micro-compat',
        ['check', '../my-extension', '--subject', `../my-extension/${subject}`, '--json'],
        empty,
      )
      expect(code).toBe(1)
      expect(JSON.parse(output)).toMatchObject({ name: 'my-extension', version: '1.0.0', passed: 24, failed: 1, inapplicable: 1 })
    })
  })
})

interface Change {
  readonly what: string
  /** Every rule that turns red, and what it sees. */
  readonly red: { readonly [id: string]: RegExp }
  readonly file: string
  readonly find: string
  readonly replace: string
}

const FOR_PACKAGES: readonly Change[] = [
  {
    what: 'core as a dependency',
    red: { peer: /a second copy/ },
    file: 'package.json',
    find: '"peerDependencies"',
    replace: '"dependencies"',
  },
  {
    what: 'a range of another core',
    red: { peer: /does not hold/ },
    file: 'package.json',
    find: /("peerDependencies": \{\s*"@micro\/core": )"[^"]*"/.source,
    replace: '$1"^99.0.0"',
  },
  { what: 'a Node that core does not run on', red: { engines: /reaches beyond/ }, file: 'package.json', find: '>=22.19', replace: '>=18' },
  {
    what: 'an install script',
    red: { scripts: /postinstall/ },
    file: 'package.json',
    find: '"build": "tsc"',
    replace: '"postinstall": "node x.js"',
  },
  {
    what: 'an entry that leads nowhere',
    red: { exports: /not there: \.\/dist\/more\.js/, types: /more/ },
    file: 'package.json',
    find: '"./package.json": "./package.json"',
    replace: '"./more": "./dist/more.js"',
  },
  {
    what: 'a file of core',
    red: { core: /dist\/index\.js: @micro\/core\/dist\/errors\/nearest\.js/ },
    file: 'dist/index.js',
    find: 'import \\{',
    replace: "import '@micro/core/dist/errors/nearest.js'\nimport {",
  },
  {
    what: 'a package that it does not declare',
    red: { dependencies: /typescript \(dist\/index\.js\)/ },
    file: 'dist/index.js',
    find: 'import \\{',
    replace: "await import('typescript').catch(() => 0)\nimport {",
  },
  {
    what: 'types that do not compile',
    red: { types: /NodeNext: .*Nowhere/ },
    file: 'dist/index.d.ts',
    find: 'readonly greeting\\?: string;',
    replace: 'readonly greeting?: Nowhere;',
  },
]

const FOR_EXTENSIONS: readonly Change[] = [
  {
    what: 'a throw at import',
    red: { subject: /^micro-compat\.js: out of order/ },
    file: 'dist/index.js',
    find: 'import \\{',
    replace: "throw new Error('out of order')\nimport {",
  },
  {
    what: 'an end of the process at import',
    red: { subject: /ended the process/ },
    file: 'dist/index.js',
    find: 'import \\{',
    replace: 'process.exit(0)\nimport {',
  },
  {
    what: 'no subject',
    red: { subject: /no subject/ },
    file: 'micro-compat.js',
    find: 'export default subject',
    replace: 'export { subject }',
  },
  {
    what: 'a subject with a key that is misspelt',
    red: { subject: /^micro-compat\.js: The subject .*'otherConfg'.* Did you mean 'otherConfig'\?/ },
    file: 'micro-compat.js',
    find: 'otherConfig',
    replace: 'otherConfg',
  },
  {
    what: 'a subject without its misuse',
    red: { subject: /^micro-compat\.js: The subject: 'misuse' has to be a function, and is undefined\.$/ },
    file: 'micro-compat.js',
    find: 'misuse: .*',
    replace: '',
  },
  {
    what: 'an error that has no code, as the guide shows it',
    red: { P25: /^the misuse threw There is nobody to greet\.$/ },
    file: 'dist/index.js',
    find: "throw \\w+Error\\('MICRO_MYEXTENSION_NOBODY', \\{\\}\\)",
    replace: "throw new Error('There is nobody to greet.')",
  },
]

/** A copy of the extension with a change. */
async function changed({ file, find, replace }: Pick<Change, 'file' | 'find' | 'replace'>): Promise<string> {
  const copy = await mkdtemp(join(place, 'changed-'))
  await cp(folder, copy, { recursive: true })
  const text = await readFile(join(copy, file), 'utf8')
  expect(text).toMatch(new RegExp(find))
  await writeFile(join(copy, file), text.replace(new RegExp(find), replace))
  return copy
}

describe('micro-compat check names what is wrong', { timeout: 60_000 }, () => {
  test.each(FOR_PACKAGES.map((change) => [change.what, change] as const))('with a package: %s', async (_what, change) => {
    // Asking the compiler takes its time: it is asked where types are what was changed.
    const rules = PACKAGE_RULES.filter(({ id }) => id !== 'types' || id in change.red)
    const red = redOf(await checkPackageRules(await locate(await changed(change), place), rules))
    expect(Object.keys(red)).toEqual(Object.keys(change.red))
    for (const [id, seen] of Object.entries(change.red)) {
      expect(red[id]).toMatch(seen)
    }
  })

  test.each(FOR_EXTENSIONS.map((change) => [change.what, change] as const))('with an extension: %s', async (_what, change) => {
    const red = redOf(await checkRules(await locate(await changed(change), place), 10_000))
    expect(Object.keys(red)).toEqual(Object.keys(change.red))
    for (const [id, seen] of Object.entries(change.red)) {
      expect(red[id]).toMatch(seen)
    }
  })

  test('a package that is not built is said not to be', async () => {
    const copy = await changed({ file: 'package.json', find: 'dist', replace: 'dist' })
    await rm(join(copy, 'dist'), { recursive: true })
    const rules = PACKAGE_RULES.filter(({ id }) => id === 'core' || id === 'dependencies')
    const red = redOf(await checkPackageRules(await locate(copy, place), rules))
    expect(red).toEqual({ core: 'dist is not there: is the package built?', dependencies: 'dist is not there: is the package built?' })
  })

  test('an extension that keeps the processor busy for ever has its verdict all the same', async () => {
    const copy = await changed({ file: 'dist/index.js', find: 'greet\\(name\\) \\{', replace: 'greet(name) { for (;;) {}' })
    const red = redOf(await checkRules(await locate(copy, place), 5000))
    expect(red.P02).toBe('it kept the process busy for 5 s, or ended it')
    expect(red.P04).toBe('not asked: P02 did not end')
  })
})
