/** Which export of a module is the app. */
import type { Micro } from '../app/micro.ts'
import { coreError } from '../errors/core-errors.ts'
import { isMicroError } from '../errors/micro-error.ts'
import { nearest } from '../errors/nearest.ts'
import { whatIs } from '../reply/to-reply.ts'
import { importModule } from './cli-import.ts'
import type { AppPlace } from './cli-place.ts'

const USUAL = ['default', 'app', 'createApp', 'makeApp']

type Exports = ReadonlyMap<string, unknown>

/** Imports the module and gives its app. @throws MicroError `MICRO_APP_EXPORT`, `MICRO_APP_SEVERAL`, `MICRO_APP_FACTORY`, and those of `importModule`. */
export async function appAt(place: AppPlace): Promise<Micro> {
  const { file, exportName } = place
  const module = new Map<string, unknown>(Object.entries(await importModule(file)))
  const tried: string[] = []
  for (const name of exportName === undefined ? USUAL.filter((usual) => module.has(usual)) : [exportName]) {
    const app = module.has(name) ? await appOf(module.get(name), name, place) : noExport(name, module)
    if (typeof app !== 'string') {
      return app
    }
    tried.push(app)
  }
  if (exportName === undefined) {
    const only = onlyApp(module, file)
    if (only !== undefined) {
      return only
    }
    const absent = USUAL.filter((name) => !module.has(name))
    tried.push(...(absent.length === 0 ? [] : [`there is no ${absent.join(', ')}`]), 'no other export is an app')
  }
  throw coreError('MICRO_APP_EXPORT', { file, tried: tried.join('; ') })
}

/** The app that an export is or makes, or why it is none. */
async function appOf(exported: unknown, name: string, { file, args }: AppPlace): Promise<Micro | string> {
  const value = await exported
  if (typeof value !== 'function') {
    if (!isApp(value)) {
      return `${name} is ${inWords(value)}`
    }
    return args === undefined ? value : `${name} is an app, no function that could take arguments`
  }
  if (/^class\b/.test(Function.prototype.toString.call(value))) {
    return `${name} is a class`
  }
  const made = await call(value as (...given: readonly unknown[]) => unknown, name, file, args ?? [])
  return isApp(made) ? made : `${name} is a function that gave ${inWords(made)}`
}

async function call(
  factory: (...given: readonly unknown[]) => unknown,
  name: string,
  file: string,
  given: readonly unknown[],
): Promise<unknown> {
  try {
    return await factory(...given)
  } catch (error) {
    if (isMicroError(error) || factory.length <= given.length) {
      throw error
    }
    const reason = error instanceof Error ? error.message : String(error)
    throw coreError('MICRO_APP_FACTORY', { name, file, takes: factory.length, given: given.length, reason }, { cause: error })
  }
}

function onlyApp(module: Exports, file: string): Micro | undefined {
  const apps = new Map<Micro, string>()
  for (const [name, value] of module) {
    if (isApp(value)) {
      apps.set(value, name)
    }
  }
  const [first] = apps
  if (first !== undefined && apps.size > 1) {
    throw coreError('MICRO_APP_SEVERAL', { file, names: [...apps.values()].join(', '), first: first[1] })
  }
  return first?.[0]
}

function noExport(name: string, module: Exports): string {
  const names = [...module.keys()]
  const hint = nearest(name, names)
  return `there is no export ${name} (there is ${names.join(', ') || 'none'}${hint === undefined ? '' : `; did you mean ${hint}?`})`
}

function isApp(value: unknown): value is Micro {
  return typeof value === 'object' && value !== null && '~requests' in value && '~registry' in value
}

function inWords(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'an object that is no app' : whatIs(value)
}
