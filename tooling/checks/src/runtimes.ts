/** Micro beyond Node: the rules and the portable tests on Bun and Deno, examples/hello by their servers; core's own rules in workerd. */
import { mkdtempDisposable } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { run, runOwn } from './command.ts'
import { coreInWorkerd } from './core-in-workerd.ts'
import { helloByCommand, helloOnBun, helloOnDeno, helloOnWorkerd } from './hello-elsewhere.ts'
import { runPortableTests } from './portable-tests.ts'
import { rulesElsewhere } from './rules-elsewhere.ts'
import { Stage } from './stage.ts'
import { build } from './tarballs.ts'
import { ROOT } from './workspace.ts'

const OWNER = 'tooling/runtimes'

/** Leaves out the packages' own tests, which take minutes on each. */
const RULES_ONLY = process.argv.includes('--rules-only')

/** The programs themselves: signals to a wrapper do not reach what it has started. */
const resolve = createRequire(join(ROOT, OWNER, 'package.json'))
const bun = join(dirname(resolve.resolve('bun/package.json')), 'bin/bun.exe')
const deno = join(dirname(resolve.resolve('deno/package.json')), 'deno')
const { default: workerd } = resolve('workerd') as { readonly default: string }

const stage = new Stage()
await using directory = await mkdtempDisposable(join(tmpdir(), 'micro-runtimes-'))
await stage.check('the runtimes are there, the packages are built', async () => {
  // The wrapper puts the program where it is looked for.
  await runOwn('deno', ['--version'], { cwd: ROOT }, OWNER)
  await build()
  const versions = await Promise.all([bun, deno, workerd].map((program) => run(program, ['--version'], { cwd: ROOT })))
  return ['bun', 'deno', '']
    .map((name, index) => `${name} ${/[\d.-]{5,}/.exec(versions[index] ?? '')?.[0]}`)
    .join(', ')
    .replace(',  ', ', workerd ')
})
await stage.check('examples/hello by Bun.serve', () => helloOnBun(bun, directory.path))
await stage.check('examples/hello by deno serve', () => helloOnDeno(deno))
await stage.check('examples/hello by micro run on Bun', () => helloByCommand([bun]))
await stage.check('examples/hello by micro run on Deno', () => helloByCommand([deno, 'run', '--allow-all']))
await stage.check('examples/hello in workerd', () => helloOnWorkerd(workerd, directory.path))
await stage.check('core in workerd', () => coreInWorkerd(workerd, directory.path))
const runtimes = [
  { name: 'bun', as: 'Bun', tests: [bun, '--bun'], rules: [bun] },
  { name: 'deno', as: 'Deno', tests: [deno, 'run', '--allow-all'], rules: [deno, 'run', '--allow-all'] },
] as const
await Promise.all(
  runtimes.map(async ({ name, as, tests, rules }) => {
    await stage.check(`the rules on ${as}`, () => rulesElsewhere({ name, command: rules }))
    if (!RULES_ONLY) {
      const runtime = { name, command: tests, ...(name === 'deno' ? { isOneByOne: true as const } : {}) }
      await stage.check(`tests on ${as}`, () => runPortableTests(runtime, directory.path))
    }
  }),
)
stage.end()
