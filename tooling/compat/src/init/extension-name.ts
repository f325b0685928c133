/** Names of new extensions. */
import { isBuiltin } from 'node:module'
import { defineExtension, isMicroError, micro, options } from '@micro/core'

/** A package name as npm has it, with or without a scope. */
const PACKAGE = /^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z][a-z0-9-]*$/

/** What no function of a module may be called. */
const LANGUAGE: ReadonlySet<string> = new Set([
  ...['arguments', 'await', 'break', 'case', 'catch', 'class', 'const', 'continue', 'debugger', 'default', 'delete', 'do', 'else', 'enum'],
  ...['eval', 'export', 'extends', 'false', 'finally', 'for', 'function', 'if', 'implements', 'import', 'in', 'instanceof', 'interface'],
  ...['let', 'new', 'null', 'package', 'private', 'protected', 'public', 'return', 'static', 'super', 'switch', 'this', 'throw', 'true'],
  ...['try', 'typeof', 'undefined', 'var', 'void', 'while', 'with', 'yield'],
])

/** What the files of a new extension import or declare beside it. */
const IMPORTED: ReadonlySet<string> = new Set(['assert', 'micro', 'option', 'options', 'subject', 'test'])

/** A name that no extension can have. */
export class NameError extends Error {}

/**
 * The word that an extension is called after its package.
 * @throws NameError where the package, or the extension, cannot be called so.
 */
export function wordOf(name: string): string {
  if (!PACKAGE.test(name)) {
    throw new NameError(`'${name}' is no name of a package: write it in lower-case letters, digits and hyphens.`)
  }
  if (isBuiltin(name)) {
    throw new NameError(`'${name}' is a module of Node's own: choose another name.`)
  }
  const word = (name.split('/').at(-1) as string).replace(/^micro-/, '').replace(/[^a-z0-9]/g, '')
  const problem = problemOf(word)
  if (problem !== undefined) {
    throw new NameError(`'${name}' names its extension '${word}', ${problem}: choose another.`)
  }
  return word
}

function problemOf(word: string): string | undefined {
  if (!/^[a-z]/.test(word)) {
    return 'which does not begin with a letter'
  }
  if (LANGUAGE.has(word)) {
    return 'a word of the language'
  }
  return isOfCore(word) ? "a member of core's own" : IMPORTED.has(word) ? 'which its own files import' : undefined
}

/** Core is asked, so that there is no second list of its members. */
function isOfCore(name: string): boolean {
  try {
    const extension = defineExtension({ name, version: '1.0.0', core: '*', config: options({}), initApp: () => ({}) })
    micro(import.meta, { mode: 'test', env: {} }).use(extension as never)
    return false
  } catch (error) {
    return isMicroError(error) && error.code === 'MICRO_NAME_RESERVED'
  }
}
