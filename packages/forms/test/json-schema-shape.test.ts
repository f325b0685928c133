import type { StandardSchema } from '@micro/core'
import { describe, expect, it } from 'vitest'
import { coerce } from '../src/coerce.ts'
import { compileSchema } from '../src/compiled-schema.ts'
import { gatherFields } from '../src/field-tree.ts'
import { DEFAULT_LIMITS } from '../src/forms-config.ts'
import { jsonSchemaShape } from '../src/json-schema-shape.ts'
import { ANY_SHAPE } from '../src/shape.ts'

const document = {
  type: 'object',
  properties: {
    text: { type: 'string', minLength: 1 },
    optional: { type: 'string' },
    number: { type: 'number' },
    nullable: { type: ['integer', 'null'] },
    either: { anyOf: [{ type: 'null' }, { type: 'integer' }] },
    on: { type: 'boolean' },
    choice: { enum: [1, 'x'] },
    only: { const: 3 },
    list: { type: 'array', items: { $ref: '#/$defs/count' } },
    pair: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }] },
    group: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] },
    either2: { oneOf: [{ type: 'number' }, { type: 'string' }] },
    unknown: {},
  },
  required: ['text', 'number', 'on', 'choice', 'list', 'nullable', 'either', 'group'],
  $defs: { count: { type: 'integer' } },
}

function read(form: string, schema: { readonly [key: string]: unknown } = document): unknown {
  const { tree } = gatherFields(new URLSearchParams(form), DEFAULT_LIMITS, 413)
  return coerce(tree, jsonSchemaShape(schema), { absentIsOff: true, duplicates: 'refuse', maxDepth: 8 })
}

describe('jsonSchemaShape', () => {
  it('reads fields by their JSON Schema', () => {
    const form =
      'text=a&optional=&number=1.5&nullable=&either=4&on=on&choice=1&only=3&list=1&list=2&pair[0]=1&pair[1]=2&group.n=3&either2=5&unknown=x&more=y'
    expect(read(form)).toEqual({
      text: 'a',
      number: 1.5,
      nullable: null,
      either: 4,
      on: true,
      choice: 1,
      only: 3,
      list: [1, 2],
      pair: ['1', 2],
      group: { n: 3 },
      either2: 5,
      unknown: 'x',
    })
  })

  it('knows what an absent field is', () => {
    expect(read('')).toEqual({ nullable: null, either: null, on: false, list: [], pair: [], group: {} })
  })

  it.each<[schema: { readonly [key: string]: unknown }, mustBeOn: boolean]>([
    [{ const: true }, true],
    [{ enum: [true] }, true],
    [{ const: false }, false],
    [{ enum: [true, false] }, false],
  ])('knows the switch in %j', (schema, mustBeOn) => {
    expect(jsonSchemaShape(schema)).toMatchObject({ kind: 'boolean', mustBeOn })
    const terms = { type: 'object', properties: { terms: schema }, required: ['terms'] }
    expect(read('terms=on', terms)).toEqual({ terms: true })
    expect(read('', terms)).toEqual({ terms: false })
  })

  it('keeps further fields where the schema takes them', () => {
    expect(read('a=1', { type: 'object', additionalProperties: { type: 'number' } })).toEqual({ a: 1 })
    expect(read('a=1', { type: 'object', additionalProperties: false })).toEqual({})
  })
})

describe('compileSchema of other libraries', () => {
  const standard = (extra: object): StandardSchema => ({
    '~standard': { version: 1, vendor: 'other', validate: (value: unknown) => ({ value }), ...extra },
  })

  it('takes texts as texts where a library gives no JSON Schema', () => {
    expect(compileSchema('body', standard({})).shape).toBe(ANY_SHAPE)
  })

  it('takes texts as texts where the JSON Schema cannot be made', () => {
    const input = () => {
      throw new Error('unrepresentable')
    }
    expect(compileSchema('body', standard({ jsonSchema: { input } })).shape).toBe(ANY_SHAPE)
  })
})
