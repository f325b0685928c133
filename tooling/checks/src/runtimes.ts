/** Micro beyond Node: the portable tests on Bun and Deno, and examples/hello by their servers and in workerd. */
import { mkdtempDisposable } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { run, runOwn } from './command.ts'
import { helloOnBun, helloOnDeno, helloOnWorkerd } from './hello-elsewhere.ts'
import { runPortableTests } from './portable-tests.ts'
import { Stage } from './stage.ts'
import { ROOT } from './workspace.ts'

const OWNER = 'tooling/runtimes'

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
  await runOwn('tsc', ['-b'], { cwd: ROOT })
  const versions = await Promise.all([bun, deno, workerd].map((program) => run(program, ['--version'], { cwd: ROOT })))
  return ['bun', 'deno', '']
    .map((name, index) => `${name} ${/[\d.-]{5,}/.exec(versions[index] ?? '')?.[0]}`)
    .join(', ')
    .replace(',  ', ', workerd ')
})
await stage.check('examples/hello by Bun.serve', () => helloOnBun(bun, directory.path))
await stage.check('examples/hello by deno serve', () => helloOnDeno(deno))
await stage.check('examples/hello in workerd', () => helloOnWorkerd(workerd, directory.path))
await Promise.all([
  stage.check('tests on Bun', () => runPortableTests({ name: 'bun', command: [bun, '--bun'] }, directory.path)),
  stage.check('tests on Deno', () => runPortableTests({ name: 'deno', command: [deno, 'run', '--allow-all'] }, directory.path)),
])
stage.end()
