import { describe, expect, it } from 'vitest'
import { spreadOf } from '../src/spread.ts'

describe('spreadOf', () => {
  for (const [values, median, min, max] of [
    [[3], 3, 3, 3],
    [[9, 10, 1], 9, 1, 10],
    [[4, 1, 2, 100], 3, 1, 100],
  ] as const) {
    it(`gives ${median} (${min}–${max}) for ${values.join(', ')}`, () => {
      expect(spreadOf(values)).toEqual({ median, min, max })
    })
  }

  it('refuses an empty list', () => {
    expect(() => spreadOf([])).toThrow(RangeError)
  })
})
