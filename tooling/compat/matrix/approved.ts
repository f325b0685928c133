/**
 * The approved extensions against the next core. First a baseline: each artefact with the released core, which is the tarballs in
 * `frozen/`, or what is committed as long as nothing is released. Then the same artefacts with the candidate: the working tree. Only what
 * passed before and does not pass now counts. Ends with a matrix of extensions and cores. `--freeze` keeps the candidate's tarballs.
 */
import { existsSync } from 'node:fs'
import { copyFile, cp, mkdir, mkdtempDisposable, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { run } from '../../checks/src/command.ts'
import { catalogRange } from '../../checks/src/consumer.ts'
import { plainEnvironment } from '../../checks/src/plain-environment.ts'
import { must, Stage } from '../../checks/src/stage.ts'
import { ROOT } from '../../checks/src/workspace.ts'
import type { RulesFile } from '../src/check/run-rules.ts'
import { type Approved, readApproved, regressions, type Verdicts } from './approved-list.ts'

const FROZEN = join(import.meta.dirname, '../frozen')

/** Tarballs by name of the package. */
type Tarballs = ReadonlyMap<string, string>

const list = readApproved()
const stage = new Stage()
await using place = await mkdtempDisposable(join(tmpdir(), 'micro-approved-'))
const env = plainEnvironment()
const rows: (readonly [name: string, baseline: Verdicts, candidate: Verdicts])[] = []
let released: Tarballs = new Map()
let candidate: Tarballs = new Map()

const isReady =
  (await stage.check('the released packages', async () => {
    released = (await frozen()) ?? (await packCommitted())
    return [...released.values()].map((path) => basename(path)).join(', ')
  })) &&
  (await stage.check('the candidate builds and packs', async () => {
    candidate = await pack(ROOT, join(place.path, 'candidate'), ['packages/core'])
  }))
if (isReady) {
  for (const entry of list) {
    await stage.check(`${entry.name} ${entry.versions.join(', ')}`, () => compare(entry))
  }
  table()
  if (process.argv.includes('--freeze')) {
    await freeze()
  }
}
stage.end()

async function compare(entry: Approved): Promise<string> {
  const [before, after] = [
    await verdictsOf(entry, 'released', released),
    await verdictsOf(entry, 'candidate', new Map([...released, ...candidate])),
  ]
  rows.push([entry.name, before, after])
  const broken = regressions(before, after)
  must(
    broken.length === 0,
    `passes with the released core, and not with the candidate: ${broken.map((rule) => `${rule} (${after[rule] ?? 'not asked'})`).join('; ')}`,
  )
  const count = Object.values(after).filter((verdict) => verdict === 'passed').length
  must(count > 0, `nothing passed: ${JSON.stringify(after)}`)
  return `${count} rules pass as before`
}

/** Installs the artefact with one core, and runs the rules there. */
async function verdictsOf(entry: Approved, which: string, tarballs: Tarballs): Promise<Verdicts> {
  const folder = join(place.path, `${which}-${entry.name.replace('/', '-')}`)
  await mkdir(folder)
  const names = ['@micro/core', '@micro/compat', entry.name, ...entry.with]
  const dependencies = Object.fromEntries(names.map((name) => [name, tarballs.get(name) ?? catalogRange(name)]))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }))
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--legacy-peer-deps', '--ignore-scripts'], {
    cwd: folder,
    env,
  })
  await installPeers(entry, folder)
  const root = dirname(entry.subject)
  for (const file of [entry.subject, ...entry.files]) {
    const target = join(folder, file.slice(root.length + 1))
    await mkdir(dirname(target), { recursive: true })
    await copyFile(join(ROOT, file), target)
  }
  const result = join(folder, 'rules.json')
  const runner = join(folder, 'node_modules/@micro/compat/dist/check/run-rules.js')
  await run(process.execPath, [runner, pathToFileURL(join(folder, basename(entry.subject))).href, result], {
    cwd: folder,
    env,
    timeoutMs: 120_000,
  }).catch((error: Error) => {
    if (!existsSync(result)) {
      throw error
    }
  })
  const { problem, reports } = JSON.parse(await readFile(result, 'utf8')) as RulesFile
  must(problem === undefined, `with the ${which} core: ${problem}`)
  return Object.fromEntries(
    reports.map(({ id, outcome }) => [id, outcome.verdict === 'failed' ? `failed: ${outcome.seen}` : outcome.verdict]),
  )
}

/** Peers that the artefact must have beside core: npm was told not to look for those that are not published. */
async function installPeers({ name }: Approved, folder: string): Promise<void> {
  const { peerDependencies = {}, peerDependenciesMeta = {} } = JSON.parse(
    await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8'),
  ) as {
    readonly peerDependencies?: { readonly [name: string]: string }
    readonly peerDependenciesMeta?: { readonly [name: string]: { readonly optional?: boolean } }
  }
  const missing = Object.entries(peerDependencies).filter(
    ([peer]) => !peer.startsWith('@micro/') && peerDependenciesMeta[peer]?.optional !== true,
  )
  if (missing.length > 0) {
    const wanted = missing.map(([peer, range]) => `${peer}@${range}`)
    await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--legacy-peer-deps', '--ignore-scripts', ...wanted], {
      cwd: folder,
      env,
    })
  }
}

async function frozen(): Promise<Tarballs | undefined> {
  const names = existsSync(FROZEN) ? (await readdir(FROZEN)).filter((name) => name.endsWith('.tgz')) : []
  if (names.length === 0) {
    return undefined
  }
  const known = new Map([...needed().keys()].map((name) => [name.replace('@', '').replace('/', '-'), name]))
  return new Map(
    names.flatMap((file) =>
      [...known].flatMap(([prefix, name]) => (new RegExp(`^${prefix}-\\d`).test(file) ? [[name, join(FROZEN, file)] as const] : [])),
    ),
  )
}

/** What is committed, built and packed in a folder of its own. */
async function packCommitted(): Promise<Tarballs> {
  const clone = join(place.path, 'committed')
  await run('git', ['clone', '--quiet', '--depth', '1', pathToFileURL(ROOT).href, clone], { cwd: ROOT })
  const filters = ['.', ...[...needed().keys()].map((name) => `${name}...`)].flatMap((name) => ['--filter', name])
  await run(join(ROOT, 'node_modules/.bin/pnpm'), ['install', '--frozen-lockfile', '--prefer-offline', ...filters], { cwd: clone })
  return pack(clone, join(place.path, 'released'), [...needed().values()])
}

/** Packages that take part, with their folders. */
function needed(): ReadonlyMap<string, string> {
  const withs = list.flatMap((entry) => entry.with.filter((name) => name.startsWith('@micro/')))
  return new Map([
    ['@micro/core', 'packages/core'],
    ...withs.map((name) => [name, `packages/${name.slice('@micro/'.length)}`] as const),
    ...list.map(({ name, from }) => [name, from] as const),
    ['@micro/compat', 'tooling/compat'],
  ])
}

async function pack(root: string, target: string, folders: readonly string[]): Promise<Tarballs> {
  await mkdir(target, { recursive: true })
  for (const folder of folders) {
    await rm(join(root, folder, 'dist'), { recursive: true, force: true })
  }
  await run(join(ROOT, 'node_modules/.bin/tsc'), ['-b', ...folders], { cwd: root })
  const packed = folders.map(async (folder) => {
    const output = await run(join(ROOT, 'node_modules/.bin/pnpm'), ['pack', '--json', '--pack-destination', target], {
      cwd: join(root, folder),
    })
    const { name, filename } = JSON.parse(output) as { readonly name: string; readonly filename: string }
    return [name, join(target, basename(filename))] as const
  })
  return new Map(await Promise.all(packed))
}

/** Extensions × cores. */
function table(): void {
  const short = (verdicts: Verdicts): string => {
    const of = (verdict: string): number => Object.values(verdicts).filter((one) => one.startsWith(verdict)).length
    return `${of('passed')} passed, ${of('failed')} failed, ${of('does not apply')} n/a`
  }
  console.log(`\n${'extension'.padEnd(24)}${'released core'.padEnd(36)}candidate`)
  for (const [name, before, after] of rows) {
    console.log(`${name.padEnd(24)}${short(before).padEnd(36)}${short(after)}`)
  }
  for (const [name, before] of rows) {
    for (const [rule, verdict] of Object.entries(before).filter(([, one]) => one.startsWith('failed'))) {
      console.log(`${name} with the released core already: ${rule} ${verdict}`)
    }
  }
  console.log('')
}

async function freeze(): Promise<void> {
  await rm(FROZEN, { recursive: true, force: true })
  await mkdir(FROZEN)
  const all = await pack(ROOT, join(place.path, 'frozen'), [...needed().values()])
  await Promise.all([...all.values()].map((path) => cp(path, join(FROZEN, basename(path)))))
}
