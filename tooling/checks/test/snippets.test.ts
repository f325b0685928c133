import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SNIPPETS, writeSnippets } from '../src/snippets.ts'

const snippets = writeSnippets()

describe('the documentation', () => {
  const assert = console.assert

  beforeAll(() => {
    console.assert = (condition?: boolean) => {
      if (!condition) {
        throw new Error('an assertion of the snippet does not hold')
      }
    }
  })

  afterAll(() => {
    console.assert = assert
  })

  test('holds snippets', () => {
    expect(snippets.length).toBeGreaterThan(15)
  })

  test('has snippets that compile', () => {
    const tsc = join(import.meta.dirname, '../../../node_modules/.bin/tsc')
    const { stdout } = spawnSync(tsc, ['-p', SNIPPETS, '--pretty', 'false'], { encoding: 'utf8' })
    expect(stdout).toBe('')
  }, 60_000)

  test.each(snippets)('$where runs', async ({ path }) => {
    await import(path)
  })
})
