/** Where configuration comes from: the file, the environment with `.env` files below it, and the options of `micro()`. */

import { coreError } from '../errors/core-errors.ts'
import { readText } from '../files/read-text.ts'
import { jsonPlaces } from '../json/json-places.ts'
import { givenEnvironment } from './config-environment.ts'
import { type DotenvEntry, dotenvFiles, readDotenv } from './dotenv.ts'

/** Nested values as they were given. */
export interface ConfigTree {
  readonly [key: string]: unknown
}

/** One layer of configuration. */
export interface ConfigLayer {
  readonly values: ConfigTree
  /** Where the value at a path comes from, in words. */
  source(path: readonly string[]): string
}

/** What an app's configuration is made from. */
export interface ConfigSources {
  /** The configuration file. */
  readonly file: ConfigLayer
  readonly environment: ReadonlyMap<string, DotenvEntry>
  /** What `micro(import.meta, { config })` was given. */
  readonly overrides: ConfigLayer
}

/** What `readSources` looks at. */
export interface SourceOptions {
  /** Directory of the app's module. */
  readonly rootPath: string | undefined
  readonly instancePath: string | undefined
  /** Stands for the process's environment; `.env` files are then not read. */
  readonly env: { readonly [name: string]: string | undefined } | undefined
  readonly overrides: ConfigTree
}

/** Reads all sources, synchronously. @throws MicroError `MICRO_CONFIG_FILE`. */
export function readSources({ rootPath, instancePath, env, overrides }: SourceOptions): ConfigSources {
  const environment = new Map<string, DotenvEntry>()
  const given = env === undefined ? givenEnvironment() : undefined
  const beside = env === undefined && rootPath !== undefined ? dotenvFiles(rootPath) : []
  for (const file of [...beside, ...(given?.files ?? [])]) {
    for (const [name, entry] of readDotenv(file)) {
      if (name.startsWith('MICRO_')) {
        environment.set(name, entry)
      }
    }
  }
  for (const [name, value] of Object.entries(env ?? globalThis.process?.env ?? {})) {
    if (value !== undefined && name.startsWith('MICRO_')) {
      environment.set(name, { value, source: `environment variable ${name}` })
    }
  }
  if (given?.mode !== undefined) {
    environment.set('MICRO_MODE', { value: given.mode, source: '--mode' })
  }
  const named = environment.get('MICRO_CONFIG')?.value
  const path = named ?? (instancePath === undefined ? undefined : `${instancePath}/config.json`)
  return {
    file: path === undefined ? NO_FILE : readFile(path, named !== undefined),
    environment,
    overrides: { values: overrides, source: (keys) => `option config.${keys.join('.')} of micro()` },
  }
}

const NO_FILE: ConfigLayer = { values: {}, source: () => 'no file' }

/** Nothing was given anywhere. */
export const NO_SOURCES: ConfigSources = { file: NO_FILE, environment: new Map(), overrides: NO_FILE }

function readFile(path: string, required: boolean): ConfigLayer {
  const text = readText(path)
  if (text === undefined) {
    if (required) {
      throw coreError('MICRO_CONFIG_FILE', { file: path, reason: 'there is no such file (it was named by MICRO_CONFIG)' })
    }
    return NO_FILE
  }
  let values: unknown
  try {
    values = JSON.parse(text)
  } catch {
    // Neither the parser's message nor the error itself is passed on: both quote the text, and it may hold secrets.
    throw coreError('MICRO_CONFIG_FILE', { file: path, reason: `line ${jsonPlaces(text).mistakeLine} is not JSON` })
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw coreError('MICRO_CONFIG_FILE', { file: path, reason: 'it holds no JSON object' })
  }
  const places = jsonPlaces(text)
  return { values: values as ConfigTree, source: (keys) => `${path}:${places.lineOf(keys)}` }
}
