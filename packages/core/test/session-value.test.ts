import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { lossOf } from '../src/session/session-value.ts'

class Money {
  readonly amount = 5
}

describe('lossOf', () => {
  const kept: readonly unknown[] = [
    ...['', 'ü\ud800', 0, -1.5e-7, true, null, [], {}, [[1], { a: [null] }]],
    { a: undefined, b: { c: 'd' } },
    Object.create(null),
    JSON.parse('{"__proto__":{"a":1},"constructor":2}'),
    runInNewContext('({ a: [1, {}] })'),
    Array(3).fill({ same: 1 }),
  ]
  test.each(kept)('%j comes back as it is', (value) => {
    expect(lossOf(value, 'x')).toBeNull()
    expect(JSON.parse(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)))
  })

  const loop: unknown[] = []
  loop.push({ back: loop })
  const lost: readonly (readonly [value: unknown, place: string, problem: string])[] = [
    [undefined, 'x', 'it is undefined'],
    [Number.NaN, 'x', 'it is NaN'],
    [-Infinity, 'x', 'it is -Infinity'],
    [5n, 'x', 'it is a bigint'],
    [Symbol('s'), 'x', 'it is a symbol'],
    [() => 1, 'x', 'it is a function'],
    [{ a: [1, { b: 5n }] }, 'x.a[1].b', 'it is a bigint'],
    [[undefined], 'x[0]', 'it is undefined'],
    [Array(2), 'x[0]', 'it is undefined'],
    [{ at: new Date(0) }, 'x.at', 'it is a Date, which would come back as a text; keep its toISOString()'],
    [new Map([[1, 2]]), 'x', 'it is a Map, which would come back empty; keep its entries as a list'],
    [new Set(), 'x', 'it is a Set, which would come back empty; keep its entries as a list'],
    [new Uint8Array(2), 'x', 'it is a Uint8Array, which would come back as something else'],
    [new URL('http://a/'), 'x', 'it is a URL, which would come back as something else'],
    [/a/, 'x', 'it is a RegExp, which would come back as something else'],
    [new Error('e'), 'x', 'it is a Error, which would come back as something else'],
    [new Money(), 'x', 'it is a Money, which would come back as something else'],
    [{ toJSON: () => 1 }, 'x', 'it is a Object, which would come back as something else'],
    [loop, 'x[0].back', 'it holds itself'],
  ]
  test.each(lost)('%o is lost at %s', (value, place, problem) => {
    expect(lossOf(value, 'x')).toEqual({ place, problem })
  })
})
