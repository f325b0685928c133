import { describe, expect, test } from 'vitest'
import { isWithin } from '../src/extension/version.ts'

describe('isWithin', () => {
  const cases: readonly (readonly [version: string, range: string, within: boolean])[] = [
    ['1.0.0', '^1.0.0', true],
    ['1.9.3', '^1.0.0', true],
    ['1.0.0', '^1.1.0', false],
    ['2.0.0', '^1.0.0', false],
    ['1.0.0', '*', true],
    // The next version, before it is released: extensions made for this one and for that one are let in.
    ['1.1.0-beta.1', '^1.0.0', true],
    ['1.1.0-beta.1', '^1.1.0', true],
    ['1.1.0-beta.1+build.5', '^1.1.0', true],
    ['1.1.0-beta.1', '^1.2.0', false],
    ['2.0.0-beta.1', '^1.0.0', false],
    ['2.0.0-beta.1', '^2.0.0', true],
    ['1.0.0', 'no range', false],
  ]
  test.each(cases)('%s in %s: %s', (version, range, within) => {
    expect(isWithin(version, range)).toBe(within)
  })
})
