import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type WatchOptions, watchSources } from '../src/dev/watch-sources.ts'
import { directory } from './template-site.ts'

/** Watches a directory; `changes` writes files and gives what is told of them, up to a source that is written last. */
function watching(options: WatchOptions) {
  const root = directory({ 'app.ts': '', 'src/made/a.ts': '', 'data/prices.csv': '', 'data/more/deep.txt': '', 'last.ts': '' })
  const told = new Set<string>()
  let news = (): void => undefined
  const end = watchSources(
    root,
    (files) => {
      for (const file of files) {
        told.add(relative(root, file))
      }
      news()
    },
    options,
  )
  onTestFinished(end)
  return async (...files: readonly string[]) => {
    for (const file of [...files, 'last.ts']) {
      mkdirSync(join(root, file, '..'), { recursive: true })
      writeFileSync(join(root, file), String(Math.random()))
    }
    while (!told.has('last.ts')) {
      await new Promise<void>((resolve) => {
        news = resolve
      })
    }
    return [...told].filter((file) => file !== 'last.ts').sort()
  }
}

describe('watchSources', () => {
  const cases: readonly (readonly [options: WatchOptions, changed: readonly string[], told: readonly string[]])[] = [
    [{}, ['app.ts', 'src/made/a.ts', 'data/prices.csv', '.env'], ['.env', 'app.ts', 'src/made/a.ts']],
    [{ watch: ['data/prices.csv'] }, ['data/prices.csv', 'data/other.csv'], ['data/prices.csv']],
    [{ watch: ['data'] }, ['data/prices.csv', 'data/more/deep.txt'], ['data/more/deep.txt', 'data/prices.csv']],
    [{ watch: ['not-yet.txt'] }, ['not-yet.txt'], ['not-yet.txt']],
    [{ ignore: ['src/made/**'] }, ['app.ts', 'src/made/a.ts'], ['app.ts']],
    [{ ignore: ['a.ts'] }, ['app.ts', 'src/made/a.ts'], ['app.ts']],
    [{ ignore: ['?pp.*'] }, ['app.ts', 'src/made/a.ts'], ['src/made/a.ts']],
    [{ ignore: ['src/*.ts'] }, ['src/made/a.ts'], ['src/made/a.ts']],
    [{ watch: ['data'], ignore: ['*.csv'] }, ['data/prices.csv', 'data/more/deep.txt'], ['data/more/deep.txt']],
  ]
  test.each(cases)('with %o of %j tells of %j', async (options, changed, told) => {
    expect(await watching(options)(...changed)).toEqual(told)
  })
})
