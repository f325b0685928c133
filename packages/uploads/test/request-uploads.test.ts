import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isMicroError } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { type StoredFile, type UploadedFile, type Uploads, uploads } from '../src/index.ts'
import { CONTENT_TYPE, multipartBody, type PartSpec, png } from './multipart-body.ts'
import { EDGES, type Send, testApp } from './serving.ts'
import { filesIn } from './temporary-directory.ts'

const PICTURE: PartSpec = { name: 'picture', filename: '../x/cät.png', type: 'text/html', content: png(1000) }
const TITLE: PartSpec = { name: 'title', content: 'hello' }

const code = (expected: string) => expect.toSatisfy((error: unknown) => isMicroError(error) && error.code === expected)

const post = (send: Send, path: string, parts: readonly PartSpec[]): Promise<Response> =>
  send(path, { method: 'POST', body: new Uint8Array(multipartBody(parts)), headers: { 'content-type': CONTENT_TYPE } })

describe.each(EDGES)('ctx.uploads, through %s', (_, open) => {
  test('keeps a file, sends it, reads it, deletes it', async () => {
    const app = (await testApp()).use(uploads())
    app.post('/', async (ctx) => {
      const form = await ctx.uploads.form()
      const picture = form.get('picture') as UploadedFile
      return { ...(await ctx.uploads.keep(picture)) }
    })
    app.get('/:key', (ctx) => ctx.uploads.send(ctx.params.key))
    app.get('/:key/raw', (ctx) => ctx.reply(ctx.uploads.read(ctx.params.key)))
    app.delete('/:key', async (ctx) => ({ deleted: await ctx.uploads.delete(ctx.params.key) }))
    const send = await open(app)
    const stored = (await (await post(send, '/', [TITLE, PICTURE])).json()) as StoredFile
    expect(stored).toMatchObject({ name: 'cät.png', type: 'image/png', size: 1008 })
    const path = join(app.instancePath, 'uploads', stored.key.slice(0, 2), stored.key)
    expect(await readFile(path)).toEqual(PICTURE.content)
    expect(await filesIn(join(app.instancePath, 'uploads'))).toEqual([`${stored.key.slice(0, 2)}/${stored.key}`])
    expect((await (await send(`/${stored.key}`)).bytes()).length).toBe(1008)
    expect((await (await send(`/${stored.key}/raw`)).bytes()).length).toBe(1008)
    expect(await (await send(`/${stored.key}`, { method: 'DELETE' })).json()).toEqual({ deleted: true })
    expect((await send(`/${stored.key}`)).status).toBe(404)
  })

  test('removes what was not kept, whether the handler answers, refuses or fails', async () => {
    const app = (await testApp()).use(uploads())
    app.post('/:end', async (ctx) => {
      const form = await ctx.uploads.form()
      expect((await filesIn(app.instancePath)).length).toBe(2)
      if (ctx.params.end === 'keep') {
        await (form.getAll('picture')[1] as UploadedFile).keep()
      }
      if (ctx.params.end === 'throw') {
        throw new Error('bug')
      }
      return ctx.text('', ctx.params.end === 'refuse' ? 422 : 200)
    })
    const send = await open(app)
    for (const end of ['answer', 'refuse', 'throw']) {
      await (await post(send, `/${end}`, [PICTURE, TITLE, PICTURE])).text()
      await expect.poll(() => filesIn(app.instancePath)).toEqual([])
    }
    await (await post(send, '/keep', [PICTURE, TITLE, PICTURE])).text()
    await expect.poll(async () => (await filesIn(app.instancePath)).length).toBe(1)
  })

  test('gives the form to whoever reads bodies by their type, once for all', async () => {
    const app = (await testApp()).use(uploads())
    app.post('/', async (ctx) => {
      const body = (await ctx.readBody()) as Iterable<readonly [string, string | File]>
      const pairs = [...body].map(([name, value]) => [
        name,
        typeof value === 'string' ? value : `${value instanceof File} ${value.type} ${value.size}`,
      ])
      return { pairs, same: (await ctx.uploads.form()) === body && (await ctx.readBody()) === body }
    })
    app.post('/small', async (ctx) => ctx.text(String(await ctx.readBody({ maxBytes: 100 }))))
    const send = await open(app)
    expect(await (await post(send, '/', [TITLE, PICTURE, TITLE])).json()).toEqual({
      pairs: [
        ['title', 'hello'],
        ['picture', 'true image/png 1008'],
        ['title', 'hello'],
      ],
      same: true,
    })
    expect((await post(send, '/small', [TITLE, PICTURE])).status).toBe(413)
  })

  test('holds the limits of the route, and those that the request sets, before those of the configuration', async () => {
    const app = (await testApp()).use(uploads())
    const count = async (ctx: { readonly uploads: Uploads }) => [...(await ctx.uploads.form())].length
    app.post('/bytes', { maxBytes: 1000 }, async (ctx) => ({ count: await count(ctx) }))
    app.post('/parts', { maxParts: 2 }, async (ctx) => ({ count: await count(ctx) }))
    app.post('/fields', async (ctx) => {
      ctx.limitBody({ maxFields: 1 })
      return { count: await count(ctx) }
    })
    const send = await open(app)
    const statusOf = async (path: string, parts: readonly PartSpec[]) => (await post(send, path, parts)).status
    expect([await statusOf('/bytes', [TITLE]), await statusOf('/bytes', [PICTURE])]).toEqual([200, 413])
    expect([await statusOf('/parts', [TITLE, PICTURE]), await statusOf('/parts', [TITLE, TITLE, PICTURE])]).toEqual([200, 413])
    expect([await statusOf('/fields', [TITLE, PICTURE]), await statusOf('/fields', [TITLE, TITLE])]).toEqual([200, 413])
  })

  test('streams parts to a handler that stores only what it wants', async () => {
    const app = (await testApp()).use(uploads())
    app.post('/', async (ctx) => {
      const seen: unknown[] = []
      for await (const part of ctx.uploads.parts()) {
        if (part.kind === 'field') {
          seen.push([part.name, part.value])
        } else if (part.name === 'picture') {
          seen.push((await part.save({ maxBytes: 2000 })).size)
        } else if (part.name === 'raw') {
          let size = 0
          for await (const chunk of part) {
            size += chunk.length
          }
          seen.push([part.filename, part.claimedType, size])
        }
      }
      return seen
    })
    const send = await open(app)
    const raw: PartSpec = { name: 'raw', filename: 'a.csv', type: 'text/csv', content: 'a,b\n'.repeat(50_000) }
    expect(await (await post(send, '/', [TITLE, PICTURE, { ...raw, name: 'skipped' }, raw])).json()).toEqual([
      ['title', 'hello'],
      1008,
      ['a.csv', 'text/csv', 200_000],
    ])
    expect((await post(send, '/', [{ ...PICTURE, content: png(3000) }])).status).toBe(413)
  })

  test('copies files that came from elsewhere', async () => {
    const app = (await testApp()).use(uploads())
    app.post('/', async (ctx) => ({
      ...(await ctx.uploads.keep(new File([new Uint8Array(png(10))], '../made.html', { type: 'text/html' }))),
    }))
    const send = await open(app)
    const stored = (await (await send('/', { method: 'POST' })).json()) as StoredFile
    expect(stored).toMatchObject({ name: 'made.html', type: 'image/png', size: 18 })
    expect(await filesIn(join(app.instancePath, 'uploads'))).toEqual([`${stored.key.slice(0, 2)}/${stored.key}`])
  })

  test('says so when a form is read twice', async () => {
    const app = (await testApp()).use(uploads())
    const codes: unknown[] = []
    const attempt = async (run: () => unknown): Promise<void> => {
      try {
        await run()
      } catch (error) {
        codes.push(isMicroError(error) ? error.code : error)
      }
    }
    app.post('/', async (ctx) => {
      const parts = ctx.uploads.parts()
      await attempt(() => ctx.uploads.parts())
      await attempt(() => ctx.uploads.form())
      for await (const part of parts) {
        void part
      }
      await attempt(() => ctx.uploads.form())
      return 'ok'
    })
    await post(await open(app), '/', [TITLE])
    expect(codes).toEqual(['MICRO_UPLOADS_READ_TWICE', 'MICRO_UPLOADS_READ_TWICE', 'MICRO_UPLOADS_READ_TWICE'])
  })

  test('says so when a file is kept after its request', async () => {
    const app = (await testApp()).use(uploads())
    let late: UploadedFile | undefined
    app.post('/', async (ctx) => {
      late = (await ctx.uploads.form()).get('picture') as UploadedFile
      return 'ok'
    })
    await (await post(await open(app), '/', [PICTURE])).text()
    await expect.poll(() => filesIn(app.instancePath)).toEqual([])
    await expect(late?.keep()).rejects.toThrow(code('MICRO_UPLOADS_GONE'))
  })
})

describe('a request that ends before its handler is done', () => {
  test('leaves nothing of a form that is still being read', async () => {
    const app = (await testApp()).use(uploads())
    let reading: Promise<unknown> = Promise.resolve()
    app.post('/', async (ctx) => {
      reading = ctx.uploads.form()
      reading.catch(() => {})
      await expect.poll(() => filesIn(app.instancePath)).toHaveLength(1)
      return 'too early'
    })
    const beginning = new Uint8Array(multipartBody([PICTURE]).subarray(0, 500))
    const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(beginning) })
    const request = new Request('http://localhost/', {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'content-type': CONTENT_TYPE },
    } as RequestInit)
    expect(await (await app.fetch(request)).text()).toBe('too early')
    await expect.poll(() => filesIn(app.instancePath)).toEqual([])
    await expect(reading).rejects.toThrow()
  })

  test('leaves nothing of a file that is still being stored', async () => {
    const app = (await testApp()).use(uploads())
    let keeping: Promise<unknown> = Promise.resolve()
    let release = (): void => {}
    const slow = new File([], 'slow.txt')
    slow.stream = () =>
      new ReadableStream({
        async start(controller) {
          controller.enqueue(new Uint8Array(10))
          await new Promise<void>((resolve) => {
            release = resolve
          })
          controller.close()
        },
      })
    app.post('/', async (ctx) => {
      keeping = ctx.uploads.keep(slow)
      keeping.catch(() => {})
      await expect.poll(() => filesIn(app.instancePath)).toHaveLength(1)
      return 'too early'
    })
    await (await app.fetch(new Request('http://localhost/', { method: 'POST' }))).text()
    release()
    await expect(keeping).rejects.toEqual(code('MICRO_UPLOADS_GONE'))
    expect(await filesIn(app.instancePath)).toEqual([])
  })
})
