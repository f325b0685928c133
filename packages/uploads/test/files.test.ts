import { isMicroError, middleware } from '@micro/core'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { type FileRules, file, files, image, pdf, type UploadedFile, uploads } from '../src/index.ts'
import { CONTENT_TYPE, multipartBody, type PartSpec, png } from './multipart-body.ts'
import { EDGES, type Send, testApp } from './serving.ts'
import { filesIn } from './temporary-directory.ts'

const picture = (bytes = 0, name = 'picture'): PartSpec => ({ name, filename: 'a.png', type: 'image/png', content: png(bytes) })
const text = (name = 'picture'): PartSpec => ({ name, filename: 'a.png', type: 'image/png', content: '<svg onload="alert(1)">' })
const nothing = (name = 'picture'): PartSpec => ({ name, filename: '', type: 'application/octet-stream', content: '' })
const title: PartSpec = { name: 'title', content: 'hello' }

/** Reads the form before the rules are known, as another middleware may. */
const reads = middleware({ needs: [uploads()] }, async (ctx, next) => {
  await ctx.uploads.form()
  return next()
})

const post = (send: Send, parts: readonly PartSpec[]): Promise<Response> =>
  send('/', { method: 'POST', body: new Uint8Array(multipartBody(parts)), headers: { 'content-type': CONTENT_TYPE } })

describe.each(EDGES)('files, through %s', (_, open) => {
  test.each<[what: string, rules: FileRules, parts: PartSpec[], status: number]>([
    ['one picture', { picture: image() }, [title, picture()], 200],
    ['no picture at all', { picture: image() }, [title], 200],
    ['no picture chosen', { picture: image() }, [nothing(), title], 200],
    ['a picture of the last size', { picture: image({ maxBytes: 108 }) }, [picture(100)], 200],
    ['a picture over its size', { picture: image({ maxBytes: 108 }) }, [picture(101)], 413],
    ['a large picture over its size', { picture: image({ maxBytes: 100_000 }) }, [picture(100_000)], 413],
    ['no picture where one is required', { picture: image({ required: true }) }, [title], 422],
    ['none chosen where one is required', { picture: image({ required: true }) }, [nothing()], 422],
    ['a picture where one is required', { picture: image({ required: true }) }, [picture()], 200],
    ['what only claims to be a picture', { picture: image() }, [text()], 415],
    ['a large one that only claims to be a picture', { picture: image() }, [{ ...text(), content: '<svg>'.repeat(20_000) }], 415],
    ['a PDF for a picture', { picture: image() }, [{ ...picture(), content: '%PDF-1.7' }], 415],
    ['a PDF', { picture: pdf() }, [{ ...picture(), content: '%PDF-1.7' }], 200],
    ['a picture for a PDF', { picture: pdf() }, [picture()], 415],
    ['a text', { picture: file({ types: ['text/plain'] }) }, [text()], 200],
    ['anything', { picture: file() }, [text()], 200],
    ['two where one is taken', { picture: image() }, [picture(), picture()], 422],
    ['one chosen beside an empty input', { picture: image() }, [nothing(), picture()], 200],
    ['as many as are taken', { picture: image({ maxFiles: 2 }) }, [picture(), picture()], 200],
    ['one more than are taken', { picture: image({ maxFiles: 2 }) }, [picture(), picture(), picture()], 422],
    ['a file in another field', { picture: image() }, [picture(), picture(0, 'other')], 422],
    ['a file in a field of an object', { picture: image() }, [picture(0, 'toString')], 422],
    ['a file where none is taken', {}, [picture()], 422],
  ])('answers %s', async (_what, rules, parts, status) => {
    for (const before of [false, true]) {
      const app = (await testApp()).use(uploads())
      const seen: unknown[] = []
      app.post('/', before ? [reads, files(rules)] : [files(rules)], (ctx) => {
        seen.push(ctx.files)
        return 'ok'
      })
      const send = await open(app)
      expect((await post(send, parts)).status, before ? 'with the form read before' : '').toBe(status)
      expect(seen.length).toBe(status === 200 ? 1 : 0)
      // What is left is removed when the reply is sent, which may be seen before that has ended.
      await expect.poll(() => filesIn(`${app.instancePath}`)).toEqual([])
    }
  })

  test('gives what the rules say, and nothing else', async () => {
    const app = (await testApp()).use(uploads())
    const rules = { cover: image({ required: true }), back: image(), more: image({ maxFiles: 3 }), none: file({ maxFiles: 2 }) }
    app.post('/', [files(rules)], async (ctx) => {
      expectTypeOf(ctx.files.cover).toEqualTypeOf<UploadedFile>()
      expectTypeOf(ctx.files.back).toEqualTypeOf<UploadedFile | undefined>()
      expectTypeOf(ctx.files.more).toEqualTypeOf<readonly UploadedFile[]>()
      const form = await ctx.uploads.form()
      return {
        cover: ctx.files.cover.size,
        back: ctx.files.back === undefined,
        more: ctx.files.more.map(({ size }) => size),
        none: ctx.files.none,
        keys: Object.keys(ctx.files),
        inherited: 'toString' in ctx.files,
        title: form.get('title'),
        pairs: [...form].map(([name]) => name),
      }
    })
    const send = await open(app)
    const reply = await post(send, [picture(1, 'cover'), picture(2, 'more'), title, picture(3, 'more')])
    expect(await reply.json()).toEqual({
      cover: 9,
      back: true,
      more: [10, 11],
      none: [],
      keys: ['cover', 'back', 'more', 'none'],
      inherited: false,
      title: 'hello',
      pairs: ['cover', 'more', 'title', 'more'],
    })
  })
})

describe('file, image, pdf', () => {
  test.each<[what: string, make: () => unknown]>([
    ['a size as text', () => image({ maxBytes: '10' as unknown as number })],
    ['half a byte', () => image({ maxBytes: 2.5 })],
    ['a negative size', () => pdf({ maxBytes: -1 })],
    ['no files', () => image({ maxFiles: 0 })],
    ['endless files', () => file({ maxFiles: Number.POSITIVE_INFINITY })],
    ['a type that cannot be told', () => file({ types: ['image/svg+xml' as 'image/png'] })],
  ])('refuse %s when they are called', (_, make) => {
    expect(make).toThrow(expect.toSatisfy((error) => isMicroError(error) && error.code === 'MICRO_UPLOADS_RULE'))
  })

  test.each([
    [
      'an option that nobody reads',
      () => file({ maxByte: 5 } as object),
      "file() has the option 'maxByte', which is not known. Did you mean 'maxBytes'?",
    ],
    ['types of a picture', () => image({ types: ['image/png'] } as object), "image() has the option 'types', which is not known."],
    ['a number alone', () => pdf(5 as never), 'pdf() has a number as its options'],
  ])('refuse %s', (_, make, says) => {
    expect(make).toThrow(says)
  })
})
