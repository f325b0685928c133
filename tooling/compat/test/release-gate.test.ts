/** Nothing is published unless the matrix is green: the release script as it is, with a stand-in for each program. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../../..')
const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: { readonly [name: string]: string }
}

/** What must be green, by its script, and the program that says so. */
const GATES: { readonly [script: string]: string } = {
  compat: 'vitest run tooling/compat examples/extensions',
  'compat:packed': 'node tooling/compat/matrix/packed.ts',
  'compat:approved': 'node tooling/compat/matrix/approved.ts',
  'compat:runtimes': 'node tooling/checks/src/runtimes.ts',
}

const place = await mkdtemp(join(tmpdir(), 'micro-gate-'))
afterAll(() => rm(place, { recursive: true, force: true }))

/** Runs `npm run release` where one gate is red, or none. Says whether something was published, and how the script ended. */
async function release(red: string | undefined): Promise<{ readonly isPublished: boolean; readonly code: number }> {
  const folder = await mkdtemp(join(place, 'release-'))
  const published = join(folder, 'published')
  await mkdir(join(folder, 'bin'))
  await writeFile(join(folder, 'bin/changeset'), `#!/bin/sh\n[ "$1" = publish ] && echo > ${published}\n`)
  await chmod(join(folder, 'bin/changeset'), 0o755)
  const gates = Object.keys(GATES).map((script) => [script, script === red ? 'exit 1' : 'exit 0'])
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, scripts: { ...Object.fromEntries(gates), release: scripts.release } }),
  )
  const env = { ...process.env, PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter) }
  const code = await new Promise<number>((resolve) => {
    execFile('npm', ['run', 'release'], { cwd: folder, env }, (error) => resolve(error === null ? 0 : Number(error.code)))
  })
  return { isPublished: existsSync(published), code }
}

const green = release(undefined)
const red = Object.keys(GATES).map((script) => [script, release(script)] as const)

describe('npm run release', { timeout: 30_000 }, () => {
  test('asks what it says it asks', () => {
    expect(Object.fromEntries(Object.keys(GATES).map((script) => [script, scripts[script]]))).toEqual(GATES)
  })

  test('publishes where everything is green', async () => {
    expect(await green).toEqual({ isPublished: true, code: 0 })
  })

  test.each(red)('publishes nothing where %s is red', async (_script, outcome) => {
    const { isPublished, code } = await outcome
    expect([isPublished, code === 0]).toEqual([false, false])
  })
})
