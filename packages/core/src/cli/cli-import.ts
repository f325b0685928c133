/** Imports the module of an app. */
import { readFileSync } from 'node:fs'
import nodeModule from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { coreError } from '../errors/core-errors.ts'

/** What V8 says where it reads a module as what is none; Node itself goes by the same sentences. */
const MODULE_SYNTAX: ReadonlySet<string> = new Set([
  'Cannot use import statement outside a module',
  "Cannot use 'import.meta' outside a module",
  "Unexpected token 'export'",
])

/** @throws MicroError `MICRO_APP_COMMONJS`, and what the module throws. */
export async function importModule(file: string): Promise<object> {
  try {
    return (await import(pathToFileURL(resolve(file)).href)) as object
  } catch (error) {
    throw commonJsError(error) ?? error
  }
}

/** The reason, where a package says that its files are no modules; `npm init` writes that. Only a place in front of a stack is V8's own. */
function commonJsError(error: unknown): Error | undefined {
  if (!(error instanceof SyntaxError && MODULE_SYNTAX.has(error.message))) {
    return undefined
  }
  const file = /^(.+\.[jt]sx?):\d+\r?\n/.exec(error.stack ?? '')?.[1]
  // Not by its name: Bun, which takes a file for what it is written as, has not got it.
  const packageFile =
    file === undefined || /[\\/]node_modules[\\/]/.test(file) ? undefined : nodeModule.findPackageJSON?.(pathToFileURL(file))
  return file !== undefined && packageFile !== undefined && typeOf(packageFile) === 'commonjs'
    ? coreError('MICRO_APP_COMMONJS', { file, packageFile }, { cause: error })
    : undefined
}

function typeOf(packageFile: string): unknown {
  return (JSON.parse(readFileSync(packageFile, 'utf8')) as { readonly type?: unknown }).type
}
