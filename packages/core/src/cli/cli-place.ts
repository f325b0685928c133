/** Where the app of a command line is: `--app`, `MICRO_APP`, or one of the usual files. */
import { type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { coreError } from '../errors/core-errors.ts'

/** The file that holds an app, and what of it is the app. */
export interface AppPlace {
  readonly file: string
  /** Undefined where it is to be found among the exports. */
  readonly exportName: string | undefined
  /** What a factory is called with; undefined where nothing was said. */
  readonly args: readonly unknown[] | undefined
}

const NAMES = ['app', 'server', 'index', 'main'].flatMap((name) => [name, `src/${name}`])
const ENDINGS = ['ts', 'mts', 'js', 'mjs']
const NAMED = /^(?<path>.+?)(?::(?<exportName>[A-Za-z_$][\w$]*)(?:\((?<args>.*)\))?)?$/s

/**
 * Reads `path`, `path:export` and `path:factory({"json": 1})`. The path is a file, with or without its ending, or a directory that holds
 * one of the usual files; without a name, the current directory is looked in.
 * @throws MicroError `MICRO_APP_MISSING`, `MICRO_APP_ARGUMENTS`.
 */
export function locateApp(named: string | undefined): AppPlace {
  const { path = '', exportName, args } = NAMED.exec(named ?? '')?.groups ?? {}
  return { file: fileAt(path), exportName, args: args === undefined ? undefined : readArguments(named ?? '', args) }
}

function fileAt(path: string): string {
  const found = path === '' ? undefined : stats(path)
  if (found?.isFile()) {
    return path
  }
  const candidates =
    path === '' || found?.isDirectory()
      ? NAMES.flatMap((name) => ENDINGS.map((ending) => join(path, `${name}.${ending}`)))
      : ENDINGS.map((ending) => `${path}.${ending}`)
  const file = candidates.find((candidate) => stats(candidate)?.isFile())
  if (file === undefined) {
    const usual = `any of ${candidates.filter((candidate) => candidate.endsWith('.ts')).join(', ')} (or ${ENDINGS.slice(1).join(', ')})`
    const where = path === '' || found?.isDirectory() ? usual : [path, ...candidates].join(', ')
    throw coreError('MICRO_APP_MISSING', { where, directory: process.cwd() })
  }
  return file
}

function stats(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false })
}

/** Literals alone: nothing of a command line is run. */
function readArguments(named: string, args: string): readonly unknown[] {
  try {
    return JSON.parse(`[${args}]`) as unknown[]
  } catch (error) {
    throw coreError('MICRO_APP_ARGUMENTS', { named, reason: error instanceof Error ? error.message : String(error) })
  }
}
