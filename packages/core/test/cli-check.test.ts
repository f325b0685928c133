import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { plainEnv } from './child.ts'

const core = join(import.meta.dirname, '..')

describe('micro check and micro shell', () => {
  let directory: string

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'micro-check-'))
    mkdirSync(join(directory, 'node_modules/@micro'), { recursive: true })
    symlinkSync(core, join(directory, 'node_modules/@micro/core'))
    writeFileSync(
      join(directory, 'app.ts'),
      `import { defineExtension, micro, options } from '@micro/core'
const clock = defineExtension({ name: 'clock', version: '1.0.0', core: '^1.0.0', config: options({}), initApp(app) {
  app.cli.shell('answer', () => 42)
  return { app: { now: async () => 'noon' } }
} })
const app = micro(import.meta).use(clock)
app.get('/', () => 'Hello')
if (process.env.TWICE) app.get('/', () => 'again')
export default app
`,
    )
  })

  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  const run = (command: string, env: { readonly [name: string]: string } = {}, input = '') =>
    spawnSync(process.execPath, ['--conditions=@micro/source', join(core, 'src/bin.ts'), command], {
      cwd: directory,
      encoding: 'utf8',
      input,
      env: { ...plainEnv(), ...env },
    })

  test('finds a missing secret', () => {
    const { stdout, status } = run('check')
    expect(stdout).toContain('MICRO_SECRET_MISSING')
    expect(status).toBe(1)
  })

  test('finds a secret that is too short, without showing it', () => {
    const { stdout, status } = run('check', { MICRO_SECRET_KEY: 'too-short-key' })
    expect(stdout).toContain('MICRO_SECRET_SHORT')
    expect(stdout).not.toContain('too-short-key')
    expect(status).toBe(1)
  })

  test('finds routes that are declared twice', () => {
    expect(run('check', { TWICE: '1', MICRO_SECRET_KEY: 'x'.repeat(40) }).stdout).toContain('MICRO_ROUTE_TAKEN')
  })

  test('warns of variables that no extension reads', () => {
    const { stdout, status } = run('check', { MICRO_SECRET_KEY: 'x'.repeat(40), MICRO_MAILER__URL: 'smtp://localhost' })
    expect(stdout).toContain("warning: environment variable MICRO_MAILER__URL: no extension named 'mailer' is installed")
    expect(status).toBe(0)
  })

  test('has nothing to say of an app that is ready', () => {
    const { stdout, status } = run('check', { MICRO_SECRET_KEY: 'x'.repeat(40) })
    expect(stdout).toBe('Nothing was found that would fail in production.\n')
    expect(status).toBe(0)
  })

  // Asked again where Node's prompt has ended before it wrote its history, as it does now and then on a busy machine.
  test('a shell for a person greets, keeps what was typed, and needs no second line to leave', { retry: 2 }, async () => {
    // A terminal is played by a program of Linux, and Deno is started in another way.
    if (!existsSync('/usr/bin/script') || 'deno' in process.versions) {
      return
    }
    const command = `${process.execPath} --conditions=@micro/source ${join(core, 'src/bin.ts')} shell`
    const { stdout } = spawnSync('/usr/bin/script', ['-qec', command, '/dev/null'], {
      cwd: directory,
      encoding: 'utf8',
      input: 'await app.clock.now()\n.exit\n',
      timeout: 30_000,
      env: { ...plainEnv(), TERM: 'dumb' },
    })
    expect(stdout).toMatch(/At hand: app, ctx, clock, answer\. await works; Ctrl\+D leaves\./)
    expect(readFileSync(join(directory, 'instance/shell-history'), 'utf8')).toContain('await app.clock.now()')
  })

  test('opens a shell with await, the app, members and what extensions put at hand', () => {
    const { stdout, status } = run('shell', {}, 'await app.clock.now()\nclock === app.clock\nanswer + 1\nctx.method\n')
    expect(stdout).toContain("'noon'")
    expect(stdout).toContain('true')
    expect(stdout).toContain('43')
    expect(stdout).toContain("'GET'")
    expect(status).toBe(0)
    // For a program nothing is printed but the values, and nothing is kept.
    expect(stdout).not.toMatch(/At hand|> /)
  })
  test.each<readonly [what: string, input: string, stdout: string, status: number]>([
    ['lines that wait', 'const r = await new Promise((done) => setTimeout(done, 50, 5))\nr + 1\n', '6\n', 0],
    ['a statement of several lines', 'for (const n of [1, 2]) {\n  console.log(n)\n}\n', '1\n2\n', 0],
    ['a last line without an end', 'await new Promise((done) => setTimeout(done, 50, "late"))', "'late'\n", 0],
    ['what goes on after an error', 'nix\n1 + 1\n', 'Uncaught ReferenceError: nix is not defined\n2\n', 1],
    ['a promise that is rejected', 'await Promise.reject(new RangeError("no"))\n', 'RangeError: no', 1],
    ['a word of the prompt’s own', '.exit\nnix\n', '', 0],
    ['half a statement', 'for (const n of [1, 2]) {\n', '', 1],
    ['nothing', '', '', 0],
  ])('a program writes to the shell: %s', (_, input, stdout, status) => {
    const child = run('shell', {}, input)
    expect(child.stdout).toContain(stdout)
    expect(child.status).toBe(status)
  })
})
