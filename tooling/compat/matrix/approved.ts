/**
 * The approved extensions against the next core. First a baseline: each frozen artefact with the core that it was frozen with. Then the
 * same artefact with the cores that came later, and with the candidate: the working tree. Only what passed with its own core and does
 * not pass with the candidate counts. Ends with a matrix of extensions and cores. `--freeze` keeps the candidate's tarballs.
 */
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { plainEnvironment } from '../../checks/src/plain-environment.ts'
import { must, Stage } from '../../checks/src/stage.ts'
import { ROOT } from '../../checks/src/workspace.ts'
import { type Approved, deprecationsIn, matrixLines, type Row, readApproved, regressions } from './approved-list.ts'
import { folders, pack, packCommitted } from './artefacts.ts'
import { type Artefact, type FrozenSet, freeze, readFrozen } from './frozen.ts'
import { verdictsOf } from './verdicts.ts'

/** As many as a small machine has processors. */
const AT_ONCE = 2

const CANDIDATE = 'candidate'

const list = readApproved()
const stage = new Stage()
await using place = await mkdtempDisposable(join(tmpdir(), 'micro-approved-'))
const env = plainEnvironment()
const rows: Row[] = []
let past: readonly FrozenSet[] = []
let candidate: readonly Artefact[] = []

const isReady =
  (await stage.check('the past', async () => {
    past = readFrozen()
    if (past.length === 0) {
      const artefacts = await packCommitted(place.path)
      past = [{ core: `${versionOf(artefacts, '@micro/core')}, as committed`, artefacts }]
    }
    return past.map(({ core, artefacts }) => `core ${core} with ${artefacts.length - 1} others`).join(', ')
  })) &&
  (await stage.check('the candidate builds and packs', async () => {
    candidate = await pack(ROOT, join(place.path, CANDIDATE), folders())
    return `core ${versionOf(candidate, '@micro/core')}`
  }))
if (isReady) {
  const waiting = past.flatMap((set, at) => list.map((entry) => ({ entry, set, cores: past.slice(at) })))
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { entry, set, cores } = next
        const version = versionOf(set.artefacts, entry.name)
        await stage.check(`${entry.name} ${version}`, () => compare(entry, version, set, cores))
      }
    }),
  )
  console.log(`\n${matrixLines(rows, [...past.map(({ core }) => core), CANDIDATE]).join('\n')}\n`)
  if (process.argv.includes('--freeze')) {
    await stage.check('freeze', () => {
      freeze(versionOf(candidate, '@micro/core'), candidate)
      return candidate.map(({ name, version }) => `${name} ${version}`).join(', ')
    })
  }
}
stage.end()

/** One artefact with its own core, those that came later, and the candidate. */
async function compare(entry: Approved, version: string, own: FrozenSet, cores: readonly FrozenSet[]): Promise<string> {
  const of = (artefacts: readonly Artefact[]): readonly Artefact[] => artefacts.filter(({ name }) => name === '@micro/core')
  const cells: { [core: string]: Row['cells'][string] } = {}
  for (const [label, core] of [...cores.map((set) => [set.core, set.artefacts] as const), [CANDIDATE, candidate] as const]) {
    const folder = join(place.path, `${entry.name}-${version}-with-${label}`.replace(/[^\w.-]/g, '-'))
    cells[label] = await verdictsOf(entry, [...own.artefacts, ...of(core)], folder, env)
  }
  rows.push({ extension: `${entry.name} ${version}`, cells })
  const [before = {}, after = {}] = [cells[own.core], cells[CANDIDATE]]
  const broken = regressions(before, after)
  must(
    broken.length === 0,
    `passes with core ${own.core}, and not with the candidate: ${broken.map((rule) => `${rule} (${after[rule] ?? 'not asked'})`).join('; ')}`,
  )
  const count = Object.values(after).filter((verdict) => verdict === 'passed').length
  must(count > 0, `nothing passed: ${JSON.stringify(after)}`)
  const deprecated = deprecationsIn(after)
  return `${count} rules pass as before${deprecated === undefined ? '' : `; it uses what the candidate deprecates: ${deprecated}`}`
}

/** @throws Error where the artefact is missing. */
function versionOf(artefacts: readonly Artefact[], wanted: string): string {
  const found = artefacts.find(({ name }) => name === wanted)
  must(found !== undefined, `there is no artefact of ${wanted}: freeze it with the others.`)
  return found.version
}
