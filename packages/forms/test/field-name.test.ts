import { isHttpError } from '@micro/core'
import { describe, expect, it } from 'vitest'
import { canonicalName, parseFieldName } from '../src/field-name.ts'
import { gatherFields } from '../src/field-tree.ts'
import { DEFAULT_LIMITS } from '../src/forms-config.ts'
import { seeded } from './seeded.ts'

const accepted: readonly (readonly [name: string, keys: readonly string[], canonical: string])[] = [
  ['title', ['title'], 'title'],
  ['addr[zip]', ['addr', 'zip'], 'addr.zip'],
  ['addr.zip', ['addr', 'zip'], 'addr.zip'],
  ['tags[]', ['tags', ''], 'tags'],
  ['tags[0]', ['tags', '0'], 'tags.0'],
  ['items[0][name]', ['items', '0', 'name'], 'items.0.name'],
  ['items[0].name', ['items', '0', 'name'], 'items.0.name'],
  ['items.0.tags[]', ['items', '0', 'tags', ''], 'items.0.tags'],
  ['g-recaptcha-response', ['g-recaptcha-response'], 'g-recaptcha-response'],
  ['größe', ['größe'], 'größe'],
  ['a b', ['a b'], 'a b'],
  ['toString', ['toString'], 'toString'],
  ['a.b.c.d.e.f.g.h', ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], 'a.b.c.d.e.f.g.h'],
  ['a.b.c.d.e.f.g.h[]', ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', ''], 'a.b.c.d.e.f.g.h'],
]

const malformed: readonly string[] = [
  '',
  '.',
  '[',
  ']',
  '[]',
  '[a]',
  '.a',
  'a.',
  'a..b',
  'a[',
  'a]',
  'a[b',
  'a[b]]',
  'a[[b]]',
  'a[]b',
  'a[][b]',
  'a[].b',
  'a[b]c',
  'a[b.c]',
  'a[b[c]]',
]

const reserved: readonly string[] = ['__proto__', 'constructor', 'prototype'].flatMap((word) => [
  word,
  `a.${word}`,
  `a[${word}]`,
  `${word}[a]`,
  `${word}.a`,
  `a[0][${word}]`,
  `${word}[]`,
  `${word}[0]`,
  `a.${word}[]`,
  `a[${word}].b`,
])

describe('parseFieldName', () => {
  it.each(accepted)('reads %s', (name, keys, canonical) => {
    expect(parseFieldName(name, 8)).toEqual(keys)
    expect(canonicalName(keys)).toBe(canonical)
  })

  it.each(malformed)('refuses %j as malformed', (name) => {
    expect(parseFieldName(name, 8)).toBe('it is malformed')
  })

  it.each(reserved)('refuses %s, which reaches a prototype', (name) => {
    expect(parseFieldName(name, 8)).toBe('it holds a reserved word')
  })

  it('refuses more levels than it is told', () => {
    expect(parseFieldName('a.b.c.d.e.f.g.h.i', 8)).toBe('it is nested too deeply')
    expect(parseFieldName(`a${'[b]'.repeat(1_000)}`, 8)).toBe('it is nested too deeply')
  })

  it('takes time that grows with the length alone', () => {
    const started = performance.now()
    for (const name of [`${'a.'.repeat(200_000)}`, `a${'['.repeat(400_000)}`, `a${'[b]'.repeat(200_000)}`, `a[${'b'.repeat(400_000)}`]) {
      expect(parseFieldName(name, 1_000_000)).toSatisfy((keys) => typeof keys === 'string' || keys.length === 200_001)
    }
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})

describe('gatherFields', () => {
  it('never throws anything but its own errors and never reaches a prototype, whatever the names (seeded)', () => {
    const random = seeded(20_260_101)
    const words = ['a', 'b', '0', '1', '99999999', '', '__proto__', 'constructor', 'prototype', 'toString', 'é', ' ', '%5B', 'x'.repeat(40)]
    const marks = ['[', ']', '.', '[]', '][', '', '[0]', '\u0000']
    let taken = 0
    for (let run = 0; run < 20_000; run++) {
      const entries = Array.from({ length: 1 + random.below(4) }, () => {
        const name = Array.from({ length: 1 + random.below(6) }, () => `${random.pick(words)}${random.pick(marks)}`).join(
          random.pick(['', '.', '[']),
        )
        return [name, 'polluted'] as const
      })
      try {
        const { tree } = gatherFields(entries, DEFAULT_LIMITS, 413)
        expect(tree.children.size).toBeGreaterThan(0)
        taken++
      } catch (error) {
        expect(isHttpError(error)).toBe(true)
      }
    }
    expect(taken).toBeGreaterThan(300)
    expect(({} as { [key: string]: unknown }).polluted).toBeUndefined()
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  it('gives a tree back as it was written, in either spelling (seeded)', () => {
    const random = seeded(7)
    for (let run = 0; run < 2_000; run++) {
      const keys = Array.from({ length: 1 + random.below(8) }, () => random.pick(['a', 'b', 'items', '0', '12', 'x-y']))
      const [head, ...rest] = keys as [string, ...string[]]
      const name = head + rest.map((key) => (random.below(2) === 0 ? `[${key}]` : `.${key}`)).join('')
      const { tree, texts } = gatherFields([[name, 'v']], DEFAULT_LIMITS, 413)
      const end = keys.reduce((node, key) => node?.children.get(key), tree as typeof tree | undefined)
      expect(end?.values).toEqual(['v'])
      expect(texts.get(keys.join('.'))).toEqual(['v'])
    }
  })

  it('writes line breaks as LF and texts in NFC', () => {
    const { texts } = gatherFields([['a', 'one\r\ntwo\rthree\nfour e\u0301']], DEFAULT_LIMITS, 413)
    expect(texts.get('a')).toEqual(['one\ntwo\nthree\nfour \u00e9'])
  })

  it.each([[['a', 'a.b']], [['a.b', 'a']], [['a[]', 'a[0]']], [['a[0][b]', 'a[0]']]])(
    'refuses %j: a name is a value or a group',
    (names) => {
      expect(() =>
        gatherFields(
          names.map((name) => [name, 'v'] as const),
          DEFAULT_LIMITS,
          413,
        ),
      ).toThrow('both for a value and for a group')
    },
  )
})
