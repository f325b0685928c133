/** A second copy of core, as npm may put one beside the first. */
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type * as core from '@micro/core'
import type * as currentEntry from '@micro/core/current'
import { afterAll } from 'vitest'

/** Core's entries. */
export interface CoreCopy {
  readonly main: typeof core
  readonly current: typeof currentEntry
}

/** Loads it; it is removed when the tests of the file are over. */
export async function secondCopy(): Promise<CoreCopy> {
  const source = fileURLToPath(new URL('..', import.meta.url))
  const copy = mkdtempSync(join(tmpdir(), 'micro-copy-'))
  cpSync(join(source, 'src'), join(copy, 'src'), { recursive: true })
  cpSync(join(source, 'package.json'), join(copy, 'package.json'))
  symlinkSync(join(source, 'node_modules'), join(copy, 'node_modules'))
  afterAll(() => rmSync(copy, { recursive: true }))
  const load = (entry: string): Promise<unknown> => import(/* @vite-ignore */ pathToFileURL(join(copy, 'src', entry)).href)
  return { main: (await load('index.ts')) as typeof core, current: (await load('current.ts')) as typeof currentEntry }
}
