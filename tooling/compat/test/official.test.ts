import { describe, expect, test } from 'vitest'
import { checkRule, RULES } from '../src/index.ts'
import { OFFICIAL } from './official.ts'

describe.each(OFFICIAL)('$name', ({ subject, inapplicable }) => {
  test.each(RULES.map((rule) => [rule.id, rule.title, rule] as const))('%s: %s', async (id, _title, rule) => {
    const { outcome } = await checkRule(rule, subject)
    expect(outcome, JSON.stringify(outcome)).toMatchObject({ verdict: inapplicable.includes(id) ? 'does not apply' : 'passed' })
  })
})
