/** Runs the tests on another Node: `node matrix.ts 22`. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

const root = join(import.meta.dirname, '../../..')
const [version, ...rest] = process.argv.slice(2)
const node = join(root, `tooling/node${version}/node_modules/.bin/node`)

if (!existsSync(node)) {
  console.error(`There is no Node ${version} for this platform: ${node}`)
  process.exitCode = 1
} else {
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` }
  const result = spawnSync(node, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...rest], { cwd: root, stdio: 'inherit', env })
  process.exitCode = result.status ?? 1
}
