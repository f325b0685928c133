/** Loads the app that a command is about. */
import { dirname, resolve } from 'node:path'
import type { Micro } from '../app/micro.ts'
import { resolveConfig } from '../config/config.ts'
import { givenEnvironment } from '../config/config-environment.ts'
import { type ConfigSources, NO_SOURCES, readSources } from '../config/config-sources.ts'
import { CORE_NAMESPACES, type ServerConfig } from '../config/core-config.ts'
import { dotenvFiles, readDotenv } from '../config/dotenv.ts'
import { defaultMode } from '../config/mode.ts'
import { startCollecting, stopCollecting } from '../config/problems.ts'
import { isMicroError } from '../errors/micro-error.ts'
import type { ConfigSchema } from '../json/standard-schema.ts'
import { appAt } from './cli-export.ts'
import { locateApp } from './cli-place.ts'

/** An app, and what went wrong while it was put together. */
export interface LoadedApp {
  readonly app: Micro
  /** Where it was found; empty for one that is at hand. */
  readonly file: string
  readonly problems: readonly unknown[]
}

/** How a command line names its app: by path, not at all, or it has it, or what makes it, at hand. */
export type NamedApp = Micro | AppFactory | string | undefined

/** Makes an app. */
export type AppFactory = () => Micro | Promise<Micro>

/**
 * Loads the app that is named: an export that is an app, a promise of one, or a function that makes one. Without a name of the export
 * that is `default`, `app`, `createApp` or `makeApp`, or the only app among the others. With `collect`, errors of its set-up are kept
 * instead of thrown.
 * @throws MicroError `MICRO_APP_MISSING`, `MICRO_APP_COMMONJS`, `MICRO_APP_EXPORT`, `MICRO_APP_SEVERAL`, `MICRO_APP_ARGUMENTS`,
 * `MICRO_APP_FACTORY`, and what the module throws.
 */
export async function findApp(named: NamedApp, collect: boolean): Promise<LoadedApp> {
  if (typeof named === 'object') {
    return { app: named, file: '', problems: [] }
  }
  const place = typeof named === 'function' ? { file: '', make: named } : locateApp(named)
  if (!('make' in place)) {
    fillEnvironment(place.file)
  }
  const problems = collect ? startCollecting() : []
  try {
    const app = await ('make' in place ? place.make() : appAt(place))
    return { app, file: place.file, problems }
  } catch (error) {
    // What failed first is the reason: later errors follow from it.
    throw problems[0] ?? error
  } finally {
    stopCollecting()
  }
}

/** Mode that the environment, or the `.env` file beside the app, says; read without loading the app. @throws MicroError `MICRO_APP_MISSING`. */
export function modeOfApp(named: string | undefined): string {
  return sourcesOf(named).environment.get('MICRO_MODE')?.value ?? defaultMode()
}

/** What files and environment say of the server, read without loading the app; the defaults where that cannot be read. @throws MicroError `MICRO_APP_MISSING`. */
export function serverConfigOf(named: string | undefined): ServerConfig {
  const schema = CORE_NAMESPACES.server as ConfigSchema<unknown, ServerConfig>
  try {
    return resolveConfig('server', schema, {}, sourcesOf(named)).value as ServerConfig
  } catch (error) {
    if (isMicroError(error) && error.code.startsWith('MICRO_APP_')) {
      throw error
    }
    return resolveConfig('server', schema, {}, NO_SOURCES).value as ServerConfig
  }
}

function sourcesOf(named: string | undefined): ConfigSources {
  const rootPath = dirname(resolve(locateApp(named).file))
  return readSources({ rootPath, instancePath: `${rootPath}/instance`, env: undefined, overrides: {} })
}

/** What files of variables say beside `MICRO_…`: for the app's own code, which finds it where the environment has nothing of that name. */
function fillEnvironment(file: string): void {
  const variables = [...dotenvFiles(dirname(resolve(file))), ...givenEnvironment().files].flatMap((path) => [...readDotenv(path)])
  for (const [name, { value }] of new Map(variables)) {
    if (!name.startsWith('MICRO_')) {
      process.env[name] ??= value
    }
  }
}
