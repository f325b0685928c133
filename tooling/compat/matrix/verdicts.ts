/** Installs an artefact of an extension with one core, and asks the suite. */
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { run } from '../../checks/src/command.ts'
import { catalogRange } from '../../checks/src/consumer.ts'
import { NPM_INSTALL } from '../../checks/src/npm-install.ts'
import { must } from '../../checks/src/stage.ts'
import { ROOT } from '../../checks/src/workspace.ts'
import type { RulesFile } from '../src/check/run-rules.ts'
import type { Approved, Verdicts } from './approved-list.ts'
import type { Artefact } from './frozen.ts'

const INSTALL = [...NPM_INSTALL, '--legacy-peer-deps', '--ignore-scripts']

/** How the rules end for an approved extension, in an empty folder with these artefacts and nothing else of Micro's. */
export async function verdictsOf(
  entry: Approved,
  artefacts: readonly Artefact[],
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<Verdicts> {
  await mkdir(folder, { recursive: true })
  const names = ['@micro/core', '@micro/compat', entry.name, ...entry.with]
  const dependencies = Object.fromEntries(
    names.map((name) => [name, artefacts.findLast((artefact) => artefact.name === name)?.path ?? catalogRange(name)]),
  )
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }))
  await run('npm', INSTALL, { cwd: folder, env })
  const peers = await missingPeers(entry, folder)
  if (peers.length > 0) {
    await run('npm', [...INSTALL, ...peers], { cwd: folder, env })
  }
  const root = dirname(entry.subject)
  for (const file of [entry.subject, ...entry.files]) {
    const target = join(folder, file.slice(root.length + 1))
    await mkdir(dirname(target), { recursive: true })
    await copyFile(join(ROOT, file), target)
  }
  const result = join(folder, 'rules.json')
  const runner = join(folder, 'node_modules/@micro/compat/dist/check/run-rules.js')
  const subject = pathToFileURL(join(folder, basename(entry.subject))).href
  await run(process.execPath, [runner, subject, result], { cwd: folder, env, timeoutMs: 120_000 }).catch((error: Error) => {
    if (!existsSync(result)) {
      throw error
    }
  })
  const { problem, reports } = JSON.parse(await readFile(result, 'utf8')) as RulesFile
  must(problem === undefined, `its subject cannot be had: ${problem}`)
  return Object.fromEntries(
    reports.map(({ id, outcome }) => [id, outcome.verdict === 'failed' ? `failed: ${outcome.seen}` : outcome.verdict]),
  )
}

/** Peers that the artefact must have beside Micro's: npm was told not to look for those that are not published. */
async function missingPeers({ name }: Approved, folder: string): Promise<readonly string[]> {
  const { peerDependencies = {}, peerDependenciesMeta = {} } = JSON.parse(
    await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8'),
  ) as {
    readonly peerDependencies?: { readonly [name: string]: string }
    readonly peerDependenciesMeta?: { readonly [name: string]: { readonly optional?: boolean } }
  }
  return Object.entries(peerDependencies).flatMap(([peer, range]) =>
    peer.startsWith('@micro/') || peerDependenciesMeta[peer]?.optional === true ? [] : [`${peer}@${range}`],
  )
}
