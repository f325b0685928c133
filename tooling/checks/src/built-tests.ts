/**
 * Runs tests on the packages as they are built: what a bundler leaves out is seen nowhere else. Those are taken that ask for public entries
 * alone, and start no process: `node built-tests.ts`.
 */
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../../..')

/** Imports of what is no entry, and of helpers that start processes; and one test that names files of the source. */
const UNFIT = /'\.\.\/src|'\.\/(child|file-fixture|memory-templates|reply-server)\.ts'|spawn|Process|cluster|functions of core are named/

const files = globSync('packages/{core,forms,uploads}/test/*.test.ts', { cwd: root }).filter(
  (file) => !UNFIT.test(readFileSync(join(root, file), 'utf8')),
)
const env = { ...process.env, MICRO_TEST_BUILT: '1' }
const result = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...files], {
  cwd: root,
  stdio: 'inherit',
  env,
})
process.exitCode = result.status ?? 1
