import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isMicroError, micro } from '@micro/core'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { memoryStorage, UPLOADS_ERRORS, type UploadLimits, type UploadsOptions, uploads } from '../src/index.ts'
import { CONTENT_TYPE, multipartBody, type PartSpec, png } from './multipart-body.ts'
import { type Send, testApp } from './serving.ts'
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

  test('lies beside another one, with a directory of its own, where only one of them reads bodies', async () => {
    const app = (await testApp()).use(uploads()).use(uploads({ readsBodies: false }).as('pictures'))
    app.post('/', async (ctx) => {
      const form = await ctx.uploads.form()
      const file = form.get('picture')
      if (file === null || typeof file === 'string') {
        return {}
      }
      const kept = await ctx.pictures.keep(file)
      return {
        same: form === (await ctx.readBody()),
        name: kept.name,
        places: [await app.uploads.storage.size(kept.key), await app.pictures.storage.size(kept.key)],
      }
    })
    const send: Send = async (path, init) => app.fetch(new Request(`http://localhost${path}`, init))
    const answer = (await (await post(send, '/', [PICTURE])).json()) as { readonly places: unknown }
    expect(answer).toEqual({ same: true, name: 'cät.png', places: [null, 1008] })
    // What was not kept goes with the request, which ends after its reply.
    await expect.poll(() => filesIn(app.instancePath)).toEqual([expect.stringMatching(/^pictures\/[0-9a-f]{2}\/[0-9a-f]{32}\.png$/)])
  })

  test('refuses to read bodies beside another that does', async () => {
    const app = (await testApp()).use(uploads())
    expect(() => app.use(uploads().as('pictures'))).toThrow(code('MICRO_PART_TAKEN'))
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
