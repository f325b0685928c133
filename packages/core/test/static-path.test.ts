import { describe, expect, test } from 'vitest'
import { isStaticPath } from '../src/files/static-path.ts'
import { vectors, vectorsMissing } from './vectors.ts'

const rows: readonly (readonly [path: string, served: boolean])[] = [
  ['a.css', true],
  ['b/c.css', true],
  ['b/c..d/e...f', true],
  ['a b/ü%2e%2e.txt', true],
  ['.well-known/security.txt', true],
  ['', false],
  ['/', false],
  ['/etc/passwd', false],
  ['//b/c', false],
  ['a//b', false],
  ['a/', false],
  ['.', false],
  ['..', false],
  ['../a', false],
  ['a/../b', false],
  ['a/..', false],
  ['a/./b', false],
  ['.env', false],
  ['a/.git/config', false],
  ['a/.well-known/x', false],
  ['.well-known/.env', false],
  ['.well-knownx', false],
  ['a\\b', false],
  ['..\\a', false],
  ['a\0b', false],
  ['a.css\0.png', false],
]

describe('isStaticPath', () => {
  test.each(rows)('%j', (path, served) => {
    expect(isStaticPath(path)).toBe(served)
  })

  interface Row {
    readonly fn: string
    readonly args: readonly [directory: string, path: string]
    readonly result: string | null
  }
  const all = vectors<Row>('werkzeug-http.json', 'rows').filter((row) => row.fn === 'security.safe_join')

  test.skipIf(all.length === 0)(`agrees with werkzeug's safe_join${vectorsMissing}`, () => {
    expect(all).toHaveLength(13)
    let compared = 0
    for (const { args, result } of all) {
      const [, path] = args
      if (path === 'b\\c') {
        // A backslash is a separator on some systems: refused on all of them.
        expect(isStaticPath(path)).toBe(false)
      } else if (path.includes('*') || path.includes('CON')) {
        // Recorded with Windows' separators and device names in force: there, names of devices hold no files.
      } else {
        compared++
        expect(isStaticPath(path), path).toBe(result !== null)
      }
    }
    expect(compared).toBe(4)
  })
})
