/**
 * À la carte, as packages: each of the 16 subsets of the official extensions is installed from tarballs into an empty folder. It
 * type-checks there, boots in every order, stops by itself, and holds nothing that was not asked for. `--write-budget` writes what it found.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { copyFile, mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../checks/src/command.ts'
import { NPM_INSTALL } from '../../checks/src/npm-install.ts'
import { plainEnvironment } from '../../checks/src/plain-environment.ts'
import { must, mustEqual, Stage } from '../../checks/src/stage.ts'
import { build, packAll } from '../../checks/src/tarballs.ts'
import { ROOT } from '../../checks/src/workspace.ts'
import { type Name, ordersOf, SUBSETS } from './subsets.ts'

const BUDGET = join(import.meta.dirname, 'budget.json')

/** What one subset may cost. */
interface Cost {
  /** Everything in `node_modules`. */
  readonly packages: readonly string[]
  readonly kilobytes: number
  /** What importing the packages of the subset takes of the processor. */
  readonly importMs: number
}

/** Growth that is let pass without a change of the budget. */
const SIZE_SLACK = 1.1

/** Runs of each subset; the least that importing took counts. */
const ROUNDS = 3

/** Machines differ: only what is far above is a finding. */
const TIME_SLACK = 3

const RESOLUTIONS = { NodeNext: { module: 'nodenext' }, Bundler: { module: 'preserve', moduleResolution: 'bundler' } } as const

const writes = process.argv.includes('--write-budget')
const budget = writes ? {} : (JSON.parse(readFileSync(BUDGET, 'utf8')) as { readonly [subset: string]: Cost })
const found: { [subset: string]: Cost } = {}
const stage = new Stage()
await using place = await mkdtempDisposable(join(tmpdir(), 'micro-matrix-'))
const env = plainEnvironment()
let tarballs: ReadonlyMap<string, string> = new Map()
if (
  await stage.check('the packages build and pack', async () => {
    await build()
    tarballs = await packAll(place.path)
  })
) {
  const waiting = [...SUBSETS]
  await Promise.all(
    [1, 2].map(async () => {
      for (let subset = waiting.shift(); subset !== undefined; subset = waiting.shift()) {
        await trySubset(subset)
      }
    }),
  )
  if (writes) {
    writeFileSync(
      BUDGET,
      `${JSON.stringify(Object.fromEntries(SUBSETS.map((subset) => [nameOf(subset), found[nameOf(subset)]])), null, 2)}\n`,
    )
  }
}
stage.end()

async function trySubset(subset: readonly Name[]): Promise<void> {
  const name = nameOf(subset)
  const folder = join(place.path, name.replaceAll(' + ', '-').replace(' ', '-'))
  const isInstalled = await stage.check(`${name}: installs`, async () => {
    await mkdir(folder)
    const dependencies = Object.fromEntries(['core', ...subset].map((part) => [`@micro/${part}`, tarballs.get(`@micro/${part}`)]))
    await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }))
    await run('npm', NPM_INSTALL, { cwd: folder, env })
  })
  if (!isInstalled) {
    return
  }
  let importMs = Infinity
  await stage.check(`${name}: boots in every order, answers, stops, and ends by itself`, async () => {
    for (const file of ['subsets.ts', 'each-part.ts', 'run-subset.ts']) {
      await copyFile(join(import.meta.dirname, file), join(folder, file))
    }
    for (let round = 0; round < ROUNDS; round++) {
      const output = await run(process.execPath, ['run-subset.ts', ...subset], { cwd: folder, env, timeoutMs: 20_000 })
      const ended = Date.now()
      const said = JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as {
        readonly orders: number
        readonly behaviours: number
        readonly importMs: number
        readonly done: number
      }
      mustEqual([said.orders, said.behaviours], [ordersOf(subset).length, 1], 'orders, and what they come to')
      must(ended - said.done < 1000, `the process ended ${ended - said.done} ms after its app had stopped`)
      importMs = Math.min(importMs, said.importMs)
    }
    return `${ordersOf(subset).length} orders`
  })
  await stage.check(`${name}: nothing present that was not asked for`, () => weigh(name, folder, importMs))
  await stage.check(`${name}: types under strict, NodeNext and Bundler`, () => checkTypes(subset, folder))
}

function weigh(name: string, folder: string, importMs: number): string {
  const lock = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8')) as {
    readonly packages: { readonly [path: string]: { readonly hasInstallScript?: boolean } }
  }
  const packages = Object.keys(lock.packages)
    .map((path) => path.replace(/^node_modules\//, ''))
    .sort()
  const scripts = Object.entries(lock.packages).filter(([, { hasInstallScript }]) => hasInstallScript === true)
  mustEqual(
    scripts.map(([path]) => path),
    [],
    'packages with an install script',
  )
  const kilobytes = Math.round(packages.reduce((sum, path) => sum + bytesIn(join(folder, 'node_modules', path)), 0) / 1000)
  const cost: Cost = { packages, kilobytes, importMs: Math.round(importMs) }
  found[name] = cost
  const most = budget[name]
  if (most !== undefined) {
    mustEqual(cost.packages, most.packages, 'packages')
    must(kilobytes <= most.kilobytes * SIZE_SLACK, `${kilobytes} kB; the budget says ${most.kilobytes}`)
    must(importMs <= most.importMs * TIME_SLACK, `${importMs.toFixed(0)} ms to import; the budget says ${most.importMs}`)
  } else {
    must(writes, `${BUDGET} has no budget for '${name}'`)
  }
  return `${packages.length} packages, ${kilobytes} kB, ${importMs.toFixed(0)} ms to import`
}

/** Size of a package's files, without packages inside it. */
function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name)
    return sum + (entry.isDirectory() ? (entry.name === 'node_modules' ? 0 : bytesIn(path)) : statSync(path).size)
  }, 0)
}

async function checkTypes(subset: readonly Name[], folder: string): Promise<void> {
  const uses: { readonly [name in Name]: string } = {
    db: 'db()',
    forms: 'forms()',
    uploads: 'uploads()',
    auth: subset.includes('db') ? 'auth()' : 'auth({ store: memoryStore() })',
  }
  const imports = subset.map(
    (part) => `import { ${part === 'auth' && !subset.includes('db') ? 'auth, memoryStore' : part} } from '@micro/${part}'`,
  )
  const members = subset.map((part) => `void ctx.${part}\n`)
  const absent = (['db', 'forms', 'uploads', 'auth'] as const)
    .filter((part) => !subset.includes(part))
    .map((part) => `// @ts-expect-error it is not installed\nvoid ctx.${part}\n`)
  const source = [
    "import { micro } from '@micro/core'",
    ...imports,
    `export const app = micro(import.meta)${subset.map((part) => `.use(${uses[part]})`).join('')}`,
    `app.get('/:n<int>', (ctx) => {\n${[...members, ...absent].join('')}return ctx.params.n.toFixed(2)\n})`,
  ]
  mkdirSync(join(folder, 'types'), { recursive: true })
  writeFileSync(join(folder, 'types/app.ts'), `${source.join('\n')}\n`)
  for (const [name, options] of Object.entries(RESOLUTIONS)) {
    const compilerOptions = {
      ...options,
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      target: 'es2024',
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules/@types')],
    }
    const file = join(folder, 'types', `tsconfig.${name}.json`)
    writeFileSync(file, JSON.stringify({ compilerOptions, include: ['*.ts'] }))
    await run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', file], { cwd: folder, env })
  }
}

function nameOf(subset: readonly Name[]): string {
  return subset.join(' + ') || 'core alone'
}
