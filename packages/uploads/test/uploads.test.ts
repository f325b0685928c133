import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isMicroError, micro } from '@micro/core'
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  memoryStorage,
  type StoredFile,
  UPLOADS_ERRORS,
  type UploadedFile,
  type UploadLimits,
  type UploadsOptions,
  uploads,
} from '../src/index.ts'
import { CONTENT_TYPE, multipartBody, type PartSpec, png } from './multipart-body.ts'
import { EDGES, type Send, testApp } from './serving.ts'
import { filesIn, temporaryDirectory } from './temporary-directory.ts'

const PICTURE: PartSpec = { name: 'picture', filename: '../x/cät.png', type: 'text/html', content: png(1000) }
const TITLE: PartSpec = { name: 'title', content: 'hello' }

const LIMIT_KEYS: { readonly [K in keyof UploadLimits]: true } = {
  parts: true,
  files: true,
  fields: true,
  nameBytes: true,
  headerBytes: true,
  fieldBytes: true,
  fileBytes: true,
  totalBytes: true,
  idleTimeoutMs: true,
}

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
    expect(() => late?.keep()).toThrow(code('MICRO_UPLOADS_GONE'))
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

describe('uploads', () => {
  test('is a frozen value that installs in any app, each with its own storage', async () => {
    const extension = uploads({ storage: memoryStorage })
    expect(Object.isFrozen(extension)).toBe(true)
    const [one, other] = [
      (await testApp()).use(extension),
      (await testApp({ config: { uploads: { limits: { files: 3 } } } })).use(extension),
    ]
    expect(one.uploads.storage).not.toBe(other.uploads.storage)
    expect([one.uploads.limits.files, other.uploads.limits.files]).toEqual([10, 3])
    expectTypeOf(one.config.uploads.limits.fileBytes).toEqualTypeOf<number>()
  })

  test('does nothing on disk until the first upload', async () => {
    const app = (await testApp()).use(uploads())
    app.get('/', () => 'hello')
    await app.fetch(new Request('http://localhost/'))
    await app.stop()
    expect(await filesIn(app.instancePath)).toEqual([])
  })

  test('works under another name', async () => {
    const app = (await testApp({ config: { media: { limits: { files: 0 } } } })).use(uploads().as('media'))
    app.post('/', async (ctx) => ({ same: (await ctx.media.form()) === (await ctx.readBody()) }))
    const send: Send = async (path, init) => app.fetch(new Request(`http://localhost${path}`, init))
    expect(await (await post(send, '/', [TITLE])).json()).toEqual({ same: true })
    expect((await post(send, '/', [PICTURE])).status).toBe(413)
  })

  test.each<[key: string, value: unknown]>([
    ...Object.keys(LIMIT_KEYS).flatMap((key) =>
      ['10', 2.5, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, null].map((value): [string, unknown] => [key, value]),
    ),
    ['headerBytes', 16_385],
    ['idleTimeoutMs', 0],
    ['idleTimeoutMs', 2 ** 31],
    ['file', 1],
  ])('refuses limits.%s = %j where it is installed', async (key, value) => {
    const limits = { [key]: value } as UploadsOptions['limits']
    const app = await testApp()
    expect(() => app.use(uploads({ limits: limits ?? {} }))).toThrow(/limits/)
    expect(() => app.use(uploads({ storage: memoryStorage })).uploads).not.toThrow()
  })

  test.each<[what: string, directory: string | undefined, under: (instance: string) => string]>([
    ['uploads', undefined, (instance) => join(instance, 'uploads')],
    ['a relative directory', 'some/media', (instance) => join(instance, 'some/media')],
  ])('keeps files in the instance directory: %s', async (_, directory, under) => {
    const app = (await testApp()).use(uploads(directory === undefined ? {} : { directory }))
    const draft = await app.uploads.storage.create()
    expect((await filesIn(under(app.instancePath))).length).toBe(1)
    await draft.discard()
  })

  test('keeps files in an absolute directory, wherever it is configured', async () => {
    const elsewhere = await temporaryDirectory()
    const app = (await testApp({ env: { MICRO_UPLOADS__DIRECTORY: elsewhere } })).use(uploads({ directory: 'ignored' }))
    const draft = await app.uploads.storage.create()
    expect((await filesIn(elsewhere)).length).toBe(1)
    await draft.discard()
  })

  test('refuses to guess where files should go', () => {
    const app = micro({} as ImportMeta, { mode: 'test', env: {} })
    expect(() => app.use(uploads())).toThrow(code('MICRO_UPLOADS_NO_DIRECTORY'))
    expect(() => micro({} as ImportMeta, { mode: 'test', env: {} }).use(uploads({ storage: memoryStorage }))).not.toThrow()
  })

  test('removes at start what a crash left, by age', async () => {
    const app = (await testApp()).use(uploads({ staleAfterMs: 1000 }))
    const incoming = join(app.instancePath, 'uploads', 'incoming')
    await mkdir(incoming, { recursive: true })
    const [old, fresh] = [`micro-${'a'.repeat(32)}.part`, `micro-${'b'.repeat(32)}.part`]
    await writeFile(join(incoming, old), 'x')
    await writeFile(join(incoming, fresh), 'x')
    await utimes(join(incoming, old), new Date(0), new Date(0))
    await app.start()
    expect(await filesIn(incoming)).toEqual([fresh])
    await app.stop()
  })

  test('has a table of errors that all say what to do', () => {
    for (const [name, { message, fix }] of Object.entries(UPLOADS_ERRORS)) {
      expect(name).toMatch(/^MICRO_UPLOADS_[A-Z_]+$/)
      expect(message).toMatch(/\.$/)
      expect(fix).toMatch(/\.$/)
    }
  })
})
