import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { approvedPage, readApproved, regressions, type Verdicts } from '../matrix/approved-list.ts'

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
  ]
  test.each(cases)('%s', (_what, before, after, found) => {
    expect(regressions(before, after)).toEqual(found)
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

  test('is held against the candidate before anything is published', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      readonly scripts: { readonly [name: string]: string }
    }
    const steps = (scripts.release ?? '').split(' && ')
    expect(steps).toEqual(['npm run compat', 'npm run compat:packed', 'npm run compat:approved', 'changeset publish'])
  })
})

describe('the protocol page', () => {
  test('has an anchor for every rule that a failure links to', () => {
    const page = readFileSync(join(ROOT, 'docs/extensions/protocol.md'), 'utf8')
    const anchors = [...page.matchAll(/<a id="(p\d\d)"><\/a>(P\d\d) /g)].map(([, id, rule]) => [id, rule?.toLowerCase()])
    expect(anchors).toHaveLength(30)
    expect(anchors.every(([id, rule]) => id === rule)).toBe(true)
  })
})
