import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { uploads } from '@micro/uploads'
import fc, { type Arbitrary } from 'fast-check'
import type { FuzzTarget } from './fuzz-target.ts'
import { quietApp } from './quiet-app.ts'

const BOUNDARY = '----fuzzBoundary0123456789'

interface PartInput {
  readonly name: string
  readonly filename: string | undefined
  readonly content: Buffer
}

const name = fc.stringMatching(/^[a-zäöü日0-9_.[\] -]{1,12}$/)
// Pieces that look like the delimiter are what a parser stumbles over.
const content = fc
  .array(
    fc.oneof(fc.constantFrom('\r\n', '\r', '\n', '--', '\r\n--', `\r\n--${BOUNDARY.slice(0, -1)}`, '----'), fc.string({ maxLength: 20 })),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(''))
  .filter((text) => !text.includes(`--${BOUNDARY}`))
  .map((text) => Buffer.from(text))
const part: Arbitrary<PartInput> = fc.record({
  name,
  filename: fc.option(fc.stringMatching(/^[a-zäöü0-9_-]{1,12}\.(txt|bin)$/), { nil: undefined }),
  content,
})
const parts = fc.array(part, { minLength: 1, maxLength: 5 })
const cuts = fc.array(fc.nat(), { maxLength: 12 })

/** However the network cuts a form, it reads the same. */
export const multipartChunks: FuzzTarget = {
  name: 'multipart-chunks',
  about: 'a form with files reads the same however its bytes are cut into chunks',
  property: fc.asyncProperty(parts, cuts, async (given, at) => {
    const { status, answer, left } = await send(chunksOf(bodyOf(given), at))
    assert.equal(status, 200, JSON.stringify(answer))
    assert.deepEqual(
      answer,
      given.map((one) => [one.name, one.filename ?? null, one.content.toString('latin1')]),
    )
    assert.deepEqual(left, [], 'files are left after the request')
  }) as FuzzTarget['property'],
}

/** A form that ends too early is refused, and leaves nothing behind. */
export const multipartCut: FuzzTarget = {
  name: 'multipart-cut',
  about: 'a form that ends too early is refused with 400, and no file is left',
  property: fc.asyncProperty(parts, cuts, fc.nat(), async (given, at, end) => {
    const body = bodyOf(given)
    const complete = body.length - '\r\n'.length
    const { status, left } = await send(chunksOf(body.subarray(0, end % complete), at))
    assert.equal(status, 400)
    assert.deepEqual(left, [], 'files are left after the request')
  }) as FuzzTarget['property'],
}

function bodyOf(given: readonly PartInput[]): Buffer {
  const pieces = given.flatMap((one) => {
    const filename = one.filename === undefined ? '' : `; filename="${one.filename}"\r\nContent-Type: application/octet-stream`
    return [
      Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${one.name}"${filename}\r\n\r\n`),
      one.content,
      Buffer.from('\r\n'),
    ]
  })
  return Buffer.concat([...pieces, Buffer.from(`--${BOUNDARY}--\r\n`)])
}

function chunksOf(body: Buffer, at: readonly number[]): Uint8Array[] {
  const places = [0, ...at.map((place) => place % (body.length + 1)), body.length].toSorted((one, other) => one - other)
  return places
    .slice(1)
    .map((place, index) => new Uint8Array(body.subarray(places[index], place)))
    .filter((chunk) => chunk.length > 0)
}

async function send(chunks: readonly Uint8Array[]): Promise<{ status: number; answer: unknown; left: string[] }> {
  const directory = await mkdtemp(join(tmpdir(), 'fuzz-uploads-'))
  try {
    const app = quietApp().app.use(uploads({ directory }))
    app.post('/', async (ctx) => {
      const form = await ctx.uploads.form()
      return Promise.all(
        [...form].map(async ([key, value]) =>
          typeof value === 'string'
            ? [key, null, Buffer.from(value).toString('latin1')]
            : [key, value.name, Buffer.from(await value.arrayBuffer()).toString('latin1')],
        ),
      )
    })
    const init: RequestInit & { readonly duplex: 'half' } = {
      method: 'POST',
      headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
      body: streamOf(chunks),
      duplex: 'half',
    }
    const response = await app.fetch(new Request('http://localhost/', init))
    const answer: unknown = await response.json()
    await app.stop()
    return { status: response.status, answer, left: await filesIn(directory) }
  } finally {
    await rm(directory, { recursive: true })
  }
}

async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
}

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const left = [...chunks]
  return new ReadableStream({
    pull(controller) {
      const chunk = left.shift()
      if (chunk === undefined) {
        controller.close()
      } else {
        controller.enqueue(chunk)
      }
    },
  })
}
