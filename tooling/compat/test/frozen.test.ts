import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readApproved } from '../matrix/approved-list.ts'
import { type Artefact, FROZEN, freeze, readFrozen } from '../matrix/frozen.ts'

describe('freeze and readFrozen', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'micro-frozen-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const artefact = (name: string, version: string, text: string): Artefact => {
    const path = join(folder, `${name.slice(1).replace('/', '-')}-${version}.tgz`)
    writeFileSync(path, text)
    return { name, version, path }
  }
  const shown = (): unknown =>
    readFrozen(join(folder, 'frozen')).map(({ core, artefacts }) => [
      core,
      ...artefacts.map(({ name, version, path }) => `${name} ${version} ${readFileSync(path, 'utf8')}`),
    ])
  const target = (): string => join(folder, 'frozen')

  test('an empty folder has no past', () => {
    expect(shown()).toEqual([])
  })

  test('a set is kept with what it consists of; another core is another set, the same replaces it', () => {
    freeze('1.0.0', [artefact('@micro/core', '1.0.0', 'one'), artefact('@micro/db', '1.2.0', 'db')], target())
    expect(shown()).toEqual([['1.0.0', '@micro/core 1.0.0 one', '@micro/db 1.2.0 db']])
    freeze('1.1.0', [artefact('@micro/core', '1.1.0', 'two')], target())
    freeze('1.1.0', [artefact('@micro/core', '1.1.0', 'three')], target())
    expect(shown()).toEqual([
      ['1.0.0', '@micro/core 1.0.0 one', '@micro/db 1.2.0 db'],
      ['1.1.0', '@micro/core 1.1.0 three'],
    ])
    expect(readdirSync(join(target(), '1.1.0'))).toEqual(['micro-core-1.1.0.tgz'])
  })

  test('an artefact that was changed since, or is gone, is refused', () => {
    freeze('1.0.0', [artefact('@micro/core', '1.0.0', 'one')], target())
    const kept = join(target(), '1.0.0/micro-core-1.0.0.tgz')
    writeFileSync(kept, 'two')
    expect(() => readFrozen(target())).toThrow(`${kept} is not what was frozen`)
    rmSync(kept)
    expect(() => readFrozen(target())).toThrow(`${kept} is missing`)
  })
})

describe('what is frozen', () => {
  const past = readFrozen()

  test('is whole, and less than a megabyte for each core', () => {
    for (const { core, artefacts } of past) {
      expect(
        artefacts.reduce((sum, { path }) => sum + statSync(path).size, 0),
        core,
      ).toBeLessThan(1e6)
      expect(
        artefacts.map(({ name }) => name),
        core,
      ).toEqual(expect.arrayContaining(['@micro/core', '@micro/compat']))
    }
    expect(FROZEN).toMatch(/tooling[\\/]compat[\\/]frozen$/)
  })

  test('has every approved version', () => {
    const kept = new Set(past.flatMap(({ artefacts }) => artefacts.map(({ name, version }) => `${name} ${version}`)))
    const approved = readApproved().flatMap(({ name, versions }) => versions.map((version) => `${name} ${version}`))
    // A repository that has frozen nothing has no past yet.
    expect(approved.filter((one) => past.length > 0 && !kept.has(one))).toEqual([])
  })
})
