/** Finds the app that a command is about. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { coreError } from './core-errors.ts'
import type { Micro } from './micro.ts'
import { startCollecting, stopCollecting } from './problems.ts'

/** An app, and what went wrong while it was put together. */
export interface LoadedApp {
  readonly app: Micro
  readonly problems: readonly unknown[]
}

const PLACES = ['app', 'src/app', 'index', 'src/index', 'server', 'main'].flatMap((name) => ['ts', 'js', 'mts', 'mjs'].map((ending) => `${name}.${ending}`))
const EXPORTS = ['default', 'app', 'createApp', 'makeApp']

/**
 * Loads the app: from `named` (`path` or `path:export`), or from the first of the usual files. An export may be an app or a
 * function that makes one. With `collect`, errors of installation are kept instead of thrown.
 * @throws MicroError `MICRO_APP_MISSING`.
 */
export async function findApp(named: string | undefined, collect: boolean): Promise<LoadedApp> {
  const [path, exportName] = split(named)
  const file = path ?? PLACES.find((place) => existsSync(place))
  if (file === undefined || !existsSync(file)) {
    throw coreError('MICRO_APP_MISSING', { where: file ?? `any of ${PLACES.filter((place) => place.endsWith('.ts')).join(', ')}`, directory: process.cwd() })
  }
  const problems = collect ? startCollecting() : []
  try {
    const module = (await import(pathToFileURL(resolve(file)).href)) as { readonly [name: string]: unknown }
    for (const name of exportName === undefined ? EXPORTS : [exportName]) {
      const value = module[name]
      const app = typeof value === 'function' && !isApp(value) ? await (value as () => unknown)() : value
      if (isApp(app)) {
        return { app, problems }
      }
    }
    throw coreError('MICRO_APP_MISSING', { where: `an export of ${file} (${exportName ?? EXPORTS.join(', ')})`, directory: process.cwd() })
  } catch (error) {
    // What failed first is the reason: later errors follow from it.
    throw problems[0] ?? error
  } finally {
    stopCollecting()
  }
}

function split(named: string | undefined): readonly [string | undefined, string | undefined] {
  const match = named === undefined ? null : /^(.+?)(?::([A-Za-z_$][\w$]*))?$/.exec(named)
  return [match?.[1], match?.[2]]
}

function isApp(value: unknown): value is Micro {
  return typeof value === 'object' && value !== null && 'fetch' in value && 'registry' in value && 'routes' in value
}
