import { micro } from '@micro/core'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import * as mini from 'zod/mini'
import { compileSchema } from '../src/compiled-schema.ts'
import { body } from '../src/index.ts'
import { runsOwnCode } from '../src/zod-own-code.ts'

interface Category {
  readonly name: string
  readonly below?: readonly Category[] | undefined
}
const Plain: z.ZodType<Category> = z.object({
  name: z.string().trim().min(1).regex(/a/),
  get below() {
    return z.array(Plain).optional()
  },
})

describe('runsOwnCode', () => {
  const plain: readonly (readonly [string, z.ZodType])[] = [
    ['an object of texts and numbers', z.object({ a: z.string().trim().max(2), b: z.email(), c: z.number().int().default(1) })],
    ['a schema that contains itself', Plain],
    ['a lazy one', z.lazy(() => z.string())],
    ['unions, records, tuples', z.union([z.record(z.string(), z.null()), z.tuple([z.date()]).rest(z.file())])],
    ['a default that is made anew', z.string().default(() => 'x')],
  ]
  it.each(plain)('is false for %s', (_, schema) => {
    expect(runsOwnCode(schema)).toBe(false)
  })

  const own: readonly (readonly [string, z.ZodType])[] = [
    ['a refinement', z.string().refine(() => true)],
    [
      'one deep inside',
      z.object({
        a: z.array(
          z.union([
            z.null(),
            z.object({
              b: z
                .string()
                .refine(() => true)
                .optional(),
            }),
          ]),
        ),
      }),
    ],
    ['a transform', z.object({ a: z.string().transform(Number) })],
    ['a preprocess', z.preprocess(String, z.string())],
    ['a codec', z.object({ a: z.stringbool() })],
    ['a check', z.string().check(() => undefined)],
    ['a superRefine', z.object({}).superRefine(() => undefined)],
    ['a lazy one', z.lazy(() => z.string().refine(() => true))],
    ['a catchall', z.object({}).catchall(z.string().refine(() => true))],
    [
      'the key of a record',
      z.record(
        z.string().refine(() => true),
        z.string(),
      ),
    ],
    ['a custom format', z.stringFormat('x', () => true)],
  ]
  it.each(own)('is true for %s', (_, schema) => {
    expect(runsOwnCode(schema)).toBe(true)
  })
})

describe('compileSchema', () => {
  it('answers at once where a schema runs no code of its author', () => {
    expect(compileSchema('body', z.object({ a: z.string() })).validate({ a: 'x', b: 1 })).toEqual({ value: { a: 'x' } })
  })

  it('calls an asynchronous refinement once, and waits for it', async () => {
    let calls = 0
    const schema = z.object({ name: z.string().refine(async () => ++calls < 0, 'Taken.') })
    expect(await compileSchema('body', schema).validate({ name: 'x' })).toMatchObject({ issues: [{ message: 'Taken.', path: ['name'] }] })
    expect(calls).toBe(1)
  })

  it('lets no rejection of a refinement get lost', async () => {
    const lost: unknown[] = []
    const keep = (reason: unknown) => lost.push(reason)
    process.on('unhandledRejection', keep)
    const schema = z.object({ name: z.string().refine(() => Promise.reject(new Error('database down'))) })
    const app = micro(import.meta, { mode: 'test', env: {}, logSink: () => undefined })
    app.post('/', [body(schema)], () => 'ok')
    expect((await app.client().post('/', { json: { name: 'x' } })).status).toBe(500)
    await new Promise((resolve) => setTimeout(resolve, 20))
    process.off('unhandledRejection', keep)
    expect(lost).toEqual([])
    await app.stop()
  })

  it('works with the methods of zod mini', async () => {
    const schema = mini.object({ a: mini.string().check(mini.refine(async (text) => text === 'x')) })
    expect(await compileSchema('body', schema).validate({ a: 'x' })).toEqual({ value: { a: 'x' } })
    expect(await compileSchema('body', schema).validate({ a: 'y' })).toMatchObject({ issues: [{ path: ['a'] }] })
  })

  it('reads a schema on first use alone', () => {
    let read = 0
    const schema = z.object({
      get a() {
        read++
        return z.string()
      },
    })
    const compiled = compileSchema('body', schema)
    expect(read).toBe(0)
    expect(compiled.shape.kind).toBe('group')
    expect(compileSchema('body', schema)).toBe(compiled)
  })
})
