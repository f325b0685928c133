import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { checkVersions } from '../src/versions.ts'
import { PACKAGES } from '../src/workspace.ts'

let root = ''
afterEach(() => rmSync(root, { recursive: true }))

/** Packages of which each says version 1.2.0, but for what the source of `db` says. */
const checked = (db: string) => {
  root = mkdtempSync(join(tmpdir(), 'versions-'))
  for (const name of PACKAGES) {
    mkdirSync(join(root, 'packages', name, 'src'), { recursive: true })
    writeFileSync(join(root, 'packages', name, 'package.json'), '{ "version": "1.2.0" }')
    writeFileSync(join(root, 'packages', name, 'src/it.ts'), name === 'db' ? db : "export const X_VERSION = '1.2.0'\n")
  }
  return checkVersions(root)
}

describe('checkVersions', () => {
  it('takes a version that is said once and is that of the manifest', () => {
    expect(checked("  version: '1.2.0'\n")).toEqual([])
  })

  it.each([
    [
      'another version',
      "export const DB_VERSION = '1.1.0'\n",
      'packages/db/src/it.ts says 1.1.0, packages/db/package.json 1.2.0: run node',
    ],
    ['no version', '', 'packages/db/src must say its version in one place, as X_VERSION'],
    ['it twice', "export const DB_VERSION = '1.2.0'\n  version: '1.2.0'\n", 'it does so packages/db/src/it.ts, packages/db/src/it.ts.'],
  ])('refuses a source that says %s', (_, source, says) => {
    expect(checked(source)).toEqual([expect.stringContaining(says)])
  })
})
