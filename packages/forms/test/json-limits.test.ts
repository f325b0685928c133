import { isHttpError } from '@micro/core'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { compileSchema } from '../src/compiled-schema.ts'
import { DEFAULT_LIMITS, type FormLimits } from '../src/forms-config.ts'
import { limitValue } from '../src/json-limits.ts'

const schema = compileSchema('test', z.object({ code: z.string().regex(/^a*$/), free: z.string(), many: z.array(z.number()).max(5) }))

interface Case {
  readonly document: string
  readonly limits: Partial<FormLimits>
  /** A status, or the issues. */
  readonly gives: number | readonly string[]
}

describe('limitValue', () => {
  const cases: readonly Case[] = [
    { document: '{"a":1,"b":[true,null]}', limits: { maxValues: 5 }, gives: [] },
    { document: '{"a":1,"b":[true,null]}', limits: { maxValues: 4 }, gives: 413 },
    { document: '[1,2,3]', limits: { maxItems: 3 }, gives: [] },
    { document: '[1,2,3]', limits: { maxItems: 2 }, gives: ['Too many items: at most 2 are accepted.'] },
    { document: '{"many":[1,2,3]}', limits: { maxItems: 2 }, gives: [] },
    { document: '[[[]]]', limits: { maxJsonDepth: 3 }, gives: [] },
    { document: '[[[]]]', limits: { maxJsonDepth: 2 }, gives: 400 },
    { document: '{"a":{"b":{}}}', limits: { maxJsonDepth: 3 }, gives: [] },
    { document: '{"a":{"b":{}}}', limits: { maxJsonDepth: 2 }, gives: 400 },
    { document: '{"a":[{"b":1}]}', limits: { maxJsonDepth: 3 }, gives: [] },
    { document: '{"a":[{"b":1}]}', limits: { maxJsonDepth: 2 }, gives: 400 },
    { document: '"abcd"', limits: { maxValueBytes: 4 }, gives: [] },
    { document: '"abcd"', limits: { maxValueBytes: 3 }, gives: 413 },
    { document: '["€€"]', limits: { maxValueBytes: 6 }, gives: [] },
    { document: '["€€"]', limits: { maxValueBytes: 5 }, gives: 413 },
    { document: '{"code":"aaa"}', limits: { maxPatternLength: 3 }, gives: [] },
    { document: '{"code":"aaaa"}', limits: { maxPatternLength: 3 }, gives: ['Too long: at most 3 characters are accepted.'] },
    { document: '{"free":"aaaa"}', limits: { maxPatternLength: 3 }, gives: [] },
    { document: '{"__proto__":1}', limits: {}, gives: 400 },
    { document: '[{"a":{"__proto__":1}}]', limits: {}, gives: 400 },
    { document: '{"constructor":{"a":1,"prototype":1}}', limits: {}, gives: 400 },
    { document: '{"constructor":[{"prototype":1}],"prototype":1}', limits: {}, gives: [] },
  ]
  it.each(cases)('$document within $limits gives $gives', ({ document, limits, gives }) => {
    const found = (): unknown => {
      try {
        return limitValue(JSON.parse(document), schema, { ...DEFAULT_LIMITS, ...limits }).map(({ message }) => message)
      } catch (error) {
        return isHttpError(error) ? error.status : error
      }
    }
    expect(found()).toEqual(gives)
  })
})
