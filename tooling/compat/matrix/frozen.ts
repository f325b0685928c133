/**
 * Frozen artefacts: the tarballs of a core, and of the extensions that were approved with it, as they were published. They are the past
 * that the next core is checked with, so nothing may change in them: each is kept with its hash.
 */
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** Where they lie. */
export const FROZEN: string = join(import.meta.dirname, '../frozen')

/** One artefact. */
export interface Artefact {
  readonly name: string
  readonly version: string
  readonly path: string
}

/** What was published with one version of core, core itself and the suite included. */
export interface FrozenSet {
  /** Version of core. */
  readonly core: string
  readonly artefacts: readonly Artefact[]
}

/** How a set is written down. */
interface Written {
  readonly core: string
  readonly tarballs: readonly { readonly name: string; readonly version: string; readonly file: string; readonly integrity: string }[]
}

/** The sets in a folder, the oldest first. @throws Error where an artefact is missing, or is not what was frozen. */
export function readFrozen(folder: string = FROZEN): readonly FrozenSet[] {
  return written(folder).map(({ core, tarballs }) => ({
    core,
    artefacts: tarballs.map(({ name, version, file, integrity }) => {
      const path = join(folder, core, file)
      if (!existsSync(path)) {
        throw new Error(`${path} is missing: restore it from version control.`)
      }
      if (integrityOf(path) !== integrity) {
        throw new Error(`${path} is not what was frozen: restore it from version control.`)
      }
      return { name, version, path }
    }),
  }))
}

/** Keeps artefacts as the set of a core; one of the same version is replaced. */
export function freeze(core: string, artefacts: readonly Artefact[], folder: string = FROZEN): void {
  const others = written(folder).filter((set) => set.core !== core)
  rmSync(join(folder, core), { recursive: true, force: true })
  mkdirSync(join(folder, core), { recursive: true })
  const tarballs = artefacts.map(({ name, version, path }) => {
    const file = basename(path)
    copyFileSync(path, join(folder, core, file))
    return { name, version, file, integrity: integrityOf(path) }
  })
  writeFileSync(join(folder, 'frozen.json'), `${JSON.stringify([...others, { core, tarballs }], null, 2)}\n`)
}

function written(folder: string): readonly Written[] {
  const path = join(folder, 'frozen.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as readonly Written[]) : []
}

function integrityOf(path: string): string {
  return `sha512-${createHash('sha512').update(readFileSync(path)).digest('base64')}`
}
