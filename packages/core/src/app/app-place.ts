/** What an app is called and where it lies, by the module it is made in and its options, which are checked. */

import { MODES } from '../config/mode.ts'
import { unknownOption } from '../errors/check-options.ts'
import { coreError } from '../errors/core-errors.ts'
import { checkMeta, moduleName } from '../extension/import-meta.ts'
import type { MicroOptions } from './micro-options.ts'

/** Name and directories of an app. Both directories are undefined without a file system. */
export interface AppPlace {
  readonly name: string
  readonly rootPath: string | undefined
  readonly instancePath: string | undefined
}

/** @throws MicroError `MICRO_META_MISSING`, `MICRO_APP_OPTION`. */
export function appPlace(meta: ImportMeta, options: MicroOptions): AppPlace {
  checkMeta(meta, 'micro')
  const unknown = unknownOption(options, CHECKS)
  if (unknown !== undefined) {
    const { option, near } = unknown
    throw coreError('MICRO_APP_OPTION', { option, problem: near === undefined ? 'is not known' : `is not known; '${near}' is` })
  }
  for (const [option, value] of Object.entries(options)) {
    const problem = value === undefined ? undefined : CHECKS[option as keyof MicroOptions](value)
    if (problem !== undefined) {
      throw coreError('MICRO_APP_OPTION', {
        option,
        problem: `${problem}: ${typeof value === 'string' ? `'${value}'` : typeof value}`,
      })
    }
  }
  const rootPath = options.root ?? meta.dirname
  return { name: options.name ?? moduleName(meta), rootPath, instancePath: options.instancePath ?? instanceOf(rootPath) }
}

/** Whether a path says where it lies whatever the working directory is, on POSIX or Windows. */
export function isAbsolute(path: string): boolean {
  return /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(path)
}

type Check = (value: unknown) => string | undefined

const isDirectory: Check = (value) => (typeof value === 'string' && isAbsolute(value) ? undefined : 'must be an absolute path')
const isObject: Check = (value) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'must be an object')
const isBoolean: Check = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false')

const CHECKS: { readonly [K in keyof Required<MicroOptions>]: Check } = {
  name: (value) => (typeof value === 'string' && /\S/.test(value) ? undefined : 'must be a text that is not empty'),
  mode: (value) => (MODES.some((mode) => mode === value) ? undefined : `must be one of ${MODES.join(', ')}`),
  root: isDirectory,
  instancePath: isDirectory,
  config: isObject,
  env: isObject,
  replace: (value) => (Array.isArray(value) ? undefined : 'must be a list of doubles'),
  logSink: (value) => (typeof value === 'function' ? undefined : 'must be a function'),
  strictSlashes: isBoolean,
  mergeSlashes: isBoolean,
  automaticOptions: isBoolean,
}

/** Beside the module. An app that is installed as a package keeps nothing in `node_modules`, but where it is run. */
function instanceOf(rootPath: string | undefined): string | undefined {
  if (rootPath === undefined) {
    return undefined
  }
  const isInstalled = /[\\/]node_modules[\\/]/.test(`${rootPath}/`)
  return `${(isInstalled ? globalThis.process?.cwd?.() : undefined) ?? rootPath}/instance`
}
