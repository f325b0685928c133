/** Finds the app that a command is about. */
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readSources } from './config-sources.ts'
import { coreError } from './core-errors.ts'
import type { Micro } from './micro.ts'
import { defaultMode } from './mode.ts'
import { startCollecting, stopCollecting } from './problems.ts'

/** An app, and what went wrong while it was put together. */
export interface LoadedApp {
  readonly app: Micro
  readonly problems: readonly unknown[]
}

const PLACES = ['app', 'src/app', 'index', 'src/index', 'server', 'main'].flatMap((name) =>
  ['ts', 'js', 'mts', 'mjs'].map((ending) => `${name}.${ending}`),
)
const EXPORTS = ['default', 'app', 'createApp', 'makeApp']

/**
 * Loads the app: from `named` (`path` or `path:export`), or from the first of the usual files. An export may be an app, a promise of
 * one, or a function that makes one. With `collect`, errors of its set-up are kept instead of thrown.
 * @throws MicroError `MICRO_APP_MISSING`, and what the module throws.
 */
export async function findApp(named: string | undefined, collect: boolean): Promise<LoadedApp> {
  const { file, exportName } = locate(named)
  const problems = collect ? startCollecting() : []
  try {
    const module = (await import(pathToFileURL(resolve(file)).href)) as { readonly [name: string]: unknown }
    for (const name of exportName === undefined ? EXPORTS : [exportName]) {
      const value = await module[name]
      const app = typeof value === 'function' ? await (value as () => unknown)() : value
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

/** Mode that the environment, or the `.env` file beside the app, says; read without loading the app. @throws MicroError `MICRO_APP_MISSING`. */
export function modeOfApp(named: string | undefined): string {
  const rootPath = dirname(resolve(locate(named).file))
  const { environment } = readSources({ rootPath, instancePath: undefined, env: undefined, overrides: {} })
  return environment.get('MICRO_MODE')?.value ?? defaultMode()
}

function locate(named: string | undefined): { readonly file: string; readonly exportName: string | undefined } {
  const match = named === undefined ? null : /^(.+?)(?::([A-Za-z_$][\w$]*))?$/.exec(named)
  const file = match?.[1] ?? PLACES.find((place) => existsSync(place))
  if (file === undefined || !existsSync(file)) {
    const where = file ?? `any of ${PLACES.filter((place) => place.endsWith('.ts')).join(', ')}`
    throw coreError('MICRO_APP_MISSING', { where, directory: process.cwd() })
  }
  return { file, exportName: match?.[2] }
}

function isApp(value: unknown): value is Micro {
  return typeof value === 'object' && value !== null && '~requests' in value && '~registry' in value
}
