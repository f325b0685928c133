import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { approvedPage, deprecationsIn, matrixLines, readApproved, regressions, type Verdicts } from '../matrix/approved-list.ts'
import { brokenPage } from '../matrix/broken-page.ts'
import { PROTOCOL } from '../src/protocol.ts'

const ROOT = join(import.meta.dirname, '../../..')

describe('regressions', () => {
  const cases: readonly (readonly [what: string, before: Verdicts, after: Verdicts, found: readonly string[]])[] = [
    ['nothing changed', { P01: 'passed', P11: 'does not apply' }, { P01: 'passed', P11: 'does not apply' }, []],
    ['what passed fails', { P01: 'passed', P02: 'passed' }, { P01: 'passed', P02: 'failed: x' }, ['P02']],
    ['what passed is no longer asked', { P01: 'passed' }, {}, ['P01']],
    ['what passed no longer applies', { P11: 'passed' }, { P11: 'does not apply' }, ['P11']],
    ['what failed fails still', { P02: 'failed: x' }, { P02: 'failed: y' }, []],
    ['what failed passes', { P02: 'failed: x' }, { P02: 'passed' }, []],
    ['a rule that is new', {}, { P31: 'failed: x' }, []],
    ['what it uses is deprecated now', { P26: 'passed' }, { P26: 'failed: MICRO_X_DEPRECATED' }, []],
  ]
  test.each(cases)('%s', (_what, before, after, found) => {
    expect(regressions(before, after)).toEqual(found)
  })
})

describe('matrixLines', () => {
  test('has a line for each artefact, a column for each core, and says what failed before', () => {
    const rows = [
      { extension: '@micro/db 1.0.0', cells: { '1.0.0': { P01: 'passed', P11: 'does not apply' }, candidate: { P01: 'failed: x' } } },
      { extension: '@micro/auth 1.1.0', cells: { '1.1.0': { P01: 'passed', P02: 'failed: y' }, candidate: { P01: 'passed' } } },
    ]
    expect(matrixLines(rows, ['1.0.0', '1.1.0', 'candidate'])).toEqual([
      'extension          core 1.0.0                  core 1.1.0                  candidate',
      '@micro/auth 1.1.0  –                           1 passed, 1 failed, 0 n/a   1 passed, 0 failed, 0 n/a',
      '@micro/db 1.0.0    1 passed, 0 failed, 1 n/a   –                           0 passed, 1 failed, 0 n/a',
      '@micro/auth 1.1.0 failed with its own core already: P02 failed: y',
    ])
  })

  test('what is deprecated is told', () => {
    expect([deprecationsIn({ P26: 'failed: MICRO_X: …' }), deprecationsIn({ P26: 'passed' })]).toEqual(['MICRO_X: …', undefined])
  })
})

describe('the list of approved extensions', () => {
  test.each(readApproved().map((entry) => [entry.name, entry] as const))('%s: what it names is there', (name, { from, subject, files }) => {
    const manifest = JSON.parse(readFileSync(join(ROOT, from, 'package.json'), 'utf8')) as { readonly name: string }
    expect(manifest.name).toBe(name)
    for (const file of [subject, ...files]) {
      expect(existsSync(join(ROOT, file)), file).toBe(true)
    }
  })

  test('is the page, as it is written', () => {
    expect(readFileSync(join(ROOT, 'docs/extensions/approved.md'), 'utf8')).toBe(approvedPage(readApproved()))
  })
})

describe('the page of what is broken on purpose', () => {
  test('is as it is written', () => {
    expect(readFileSync(join(ROOT, 'docs/extensions/broken.md'), 'utf8')).toBe(brokenPage())
  })
})

describe('the protocol page', () => {
  test('has an anchor for every rule that a failure links to, and the sentence that the command explains it by', () => {
    const page = readFileSync(join(ROOT, 'docs/extensions/protocol.md'), 'utf8')
    const rows = [...page.matchAll(/^\| <a id="(p\d\d)"><\/a>(P\d\d) \| (\w+) +\| (.*?) +\|$/gm)]
    expect(rows.map(([, anchor]) => anchor?.toUpperCase())).toEqual(Object.keys(PROTOCOL))
    const sentences = rows.map(([, , id, kind, text = '']) => [id, [kind, text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')]])
    expect(Object.fromEntries(sentences)).toEqual(PROTOCOL)
  })
})
