import { option, options } from '@micro/core'
import { describe, expect, test } from 'vitest'

const schema = options({
  name: option.string({ minLength: 2, pattern: /^\w+$/, description: 'A name.' }),
  size: option.int({ min: 1, max: 9, default: 3 }),
  ratio: option.number({ min: 0 }),
  on: option.bool({ default: false }),
  kind: option.oneOf(['a', 'b'], { default: 'a' }),
  tags: option.list(),
  words: option.list({ items: /^\w+$/ }),
  pairs: option.list({ items: (text) => (text.length === 2 ? undefined : `'${text}' is no pair`) }),
  key: option.string({ secret: true }),
  inner: options({ depth: option.int({ default: 1 }) }),
})
const { validate, jsonSchema } = schema['~standard']

/** What a value comes to, or the first problem with it. */
function outcome(value: unknown): unknown {
  const result = validate(value)
  if (result instanceof Promise) {
    throw new Error('it must be synchronous')
  }
  return result.issues === undefined ? result.value : result.issues.map(({ path, message }) => `${path?.join('.') ?? ''}: ${message}`)
}

describe('options', () => {
  test('fills defaults in, groups too; what has none is undefined', () => {
    expect(outcome({})).toStrictEqual({
      name: undefined,
      size: 3,
      ratio: undefined,
      on: false,
      kind: 'a',
      tags: [],
      words: [],
      pairs: [],
      key: undefined,
      inner: { depth: 1 },
    })
  })

  test('does not write to what it is given', () => {
    const given = Object.freeze({ size: 5, inner: Object.freeze({}) })
    expect(outcome(given)).toMatchObject({ size: 5, inner: { depth: 1 } })
  })

  const refused: readonly (readonly [value: object, problem: string])[] = [
    [{ name: 5 }, 'name: it must be a text'],
    [{ name: 'x' }, 'name: it must have 2 characters or more'],
    [{ name: 'a b' }, 'name: it must match /^\\w+$/'],
    [{ size: 0 }, 'size: it must be an integer from 1 to 9'],
    [{ size: 10 }, 'size: it must be an integer from 1 to 9'],
    [{ size: 1.5 }, 'size: it must be an integer from 1 to 9'],
    [{ size: '3' }, 'size: it must be an integer from 1 to 9'],
    [{ ratio: -1 }, 'ratio: it must be a number of 0 or more'],
    [{ ratio: Number.NaN }, 'ratio: it must be a number of 0 or more'],
    [{ on: 1 }, 'on: it must be true or false'],
    [{ kind: 'c' }, 'kind: it must be one of a, b'],
    [{ tags: 'a' }, 'tags: it must be a list of texts'],
    [{ tags: [1] }, 'tags: it must be a list of texts'],
    [{ words: ['a', 'b c'] }, 'words: each of its texts must match /^\\w+$/'],
    [{ pairs: ['ab', 'abc', 'a'] }, "pairs: 'abc' is no pair"],
    [{ pairs: [12] }, 'pairs: it must be a list of texts'],
    [{ inner: { depth: 'x' } }, 'inner.depth: it must be an integer'],
    [{ inner: 5 }, 'inner: it must be an object'],
    [{ other: 1 }, 'other: there is no such key'],
    [{ inner: { other: 1 } }, 'inner.other: there is no such key'],
  ]
  test.each(refused)('refuses %o', (value, problem) => {
    expect(outcome(value)).toEqual([problem])
  })

  test('reports every problem at once', () => {
    expect(outcome({ size: 0, kind: 'c' })).toHaveLength(2)
  })

  test.each([null, [], 5, 'x'])('refuses %j, which is no object', (value) => {
    expect(outcome(value)).toEqual([': it must be an object'])
  })

  test('describes itself as JSON Schema, secrets as write-only', () => {
    expect(jsonSchema.input({ target: 'draft-2020-12' })).toEqual({
      type: 'object',
      additionalProperties: false,
      properties: {
        name: { type: 'string', minLength: 2, description: 'A name.' },
        size: { type: 'integer', minimum: 1, maximum: 9, default: 3 },
        ratio: { type: 'number', minimum: 0 },
        on: { type: 'boolean', default: false },
        kind: { type: 'string', enum: ['a', 'b'], default: 'a' },
        tags: { type: 'array', items: { type: 'string' }, default: [] },
        words: { type: 'array', items: { type: 'string' }, default: [] },
        pairs: { type: 'array', items: { type: 'string' }, default: [] },
        key: { type: 'string', writeOnly: true },
        inner: { type: 'object', additionalProperties: false, properties: { depth: { type: 'integer', default: 1 } } },
      },
    })
  })

  test('an own property named __proto__ is a key like any other', () => {
    expect(outcome(JSON.parse('{"__proto__": {"size": 5}}'))).toEqual(['__proto__: there is no such key'])
  })
})
