import { describe, expect, test } from 'vitest'
import { countsOf, linesOf, type RuleReport } from '../src/index.ts'

const report = (id: string, outcome: RuleReport['outcome']): RuleReport => ({
  id,
  title: `what ${id} says`,
  outcome,
  page: `page#${id}`,
  ms: 1,
})
const long = 'one two three four five six seven eight nine ten '.repeat(8).trim()

describe('linesOf', () => {
  test('says rule, verdict and evidence', () => {
    expect(
      linesOf([
        report('P01', { verdict: 'passed', evidence: 'all was well' }),
        report('P11', { verdict: 'does not apply', reason: 'it needs core alone' }),
        report('P25', { verdict: 'failed', seen: 'nothing', expected: 'something' }),
      ]),
    ).toEqual([
      'ok    P01  what P01 says',
      '           all was well',
      'n/a   P11  what P11 says',
      '           it needs core alone',
      'FAIL  P25  what P25 says',
      '           seen:     nothing',
      '           expected: something',
      '           rule:     micro-compat explain P25, or page#P25',
    ])
  })

  test('says once what several rules saw, and names the others', () => {
    const outcome = { verdict: 'failed', seen: 'on purpose', expected: 'a rule that can be checked' } as const
    expect(
      linesOf([
        report('P02', outcome),
        report('P03', { verdict: 'passed', evidence: 'all was well' }),
        report('P04', outcome),
        report('P06', { ...outcome, seen: 'something else' }),
        report('P09', outcome),
      ]),
    ).toEqual([
      'FAIL  P02  what P02 says',
      '           seen:     on purpose',
      '           expected: a rule that can be checked',
      '           rule:     micro-compat explain P02, or page#P02',
      '           likewise: P04, P09',
      'ok    P03  what P03 says',
      '           all was well',
      'FAIL  P06  what P06 says',
      '           seen:     something else',
      '           expected: a rule that can be checked',
      '           rule:     micro-compat explain P06, or page#P06',
    ])
  })

  test('fits into 100 columns, whatever was seen, and loses nothing of it', () => {
    const seen = `${long}\nsecond line\n${'x'.repeat(250)}`
    const lines = linesOf([
      report('P02', { verdict: 'failed', seen, expected: long }),
      report('P03', { verdict: 'passed', evidence: long }),
    ])
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100)
    const words = lines.join(' ').split(/\s+/)
    expect(words.filter((word) => word === 'seven')).toHaveLength(24)
    expect(lines.join('').replaceAll(' ', '')).toContain('x'.repeat(250))
    expect(lines).toContain('                     second line')
  })
})

describe('countsOf', () => {
  test('counts each verdict', () => {
    const reports = [
      report('P01', { verdict: 'passed', evidence: '' }),
      report('P02', { verdict: 'passed', evidence: '' }),
      report('P03', { verdict: 'failed', seen: '', expected: '' }),
      report('P04', { verdict: 'does not apply', reason: '' }),
    ]
    expect(countsOf(reports)).toEqual({ passed: 2, failed: 1, inapplicable: 1 })
  })
})
