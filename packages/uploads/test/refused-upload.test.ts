/** A client that is still sending gets its refusal, and then the connection ends. */
import { setTimeout as sleep } from 'node:timers/promises'
import { abort } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { files, image, type UploadsOptions, uploads } from '../src/index.ts'
import { BOUNDARY, CONTENT_TYPE, multipartBody, type PartSpec, png } from './multipart-body.ts'
import { postHead, sendOn } from './raw-client.ts'
import { serving, testApp } from './serving.ts'
import { filesIn } from './temporary-directory.ts'

const FILE: PartSpec = { name: 'picture', filename: 'a.png', content: png() }

/** The beginning of a form whose last part never ends. */
function unending(...parts: PartSpec[]): Buffer {
  const body = multipartBody(parts)
  return body.subarray(0, body.length - `\r\n--${BOUNDARY}--\r\n`.length)
}

/** A chunk of the chunked transfer coding. */
function chunk(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
}

/** A beginning, then 8 MB more. */
function* on(beginning: Uint8Array, framed: (bytes: Uint8Array) => Uint8Array): Generator<Uint8Array, void, undefined> {
  yield framed(beginning)
  for (let times = 0; times < 128; times++) {
    yield framed(Buffer.alloc(65_536, 'x'))
  }
}

async function server(options: UploadsOptions = {}): Promise<{ readonly port: number; readonly directory: string }> {
  const app = (await testApp()).use(uploads(options))
  app.post('/', [files({ picture: image({ maxBytes: 20_000_000 }) })], () => 'ok')
  return { port: (await serving(app)).port, directory: app.instancePath }
}

describe('a refusal', () => {
  test.each<
    [
      what: string,
      status: number,
      headers: { readonly [name: string]: string | number },
      beginning: Buffer,
      limits?: UploadsOptions['limits'],
    ]
  >([
    ['a length over the limit', 413, { 'content-type': CONTENT_TYPE, 'content-length': 1e9 }, unending(FILE)],
    [
      'a body over the limit',
      413,
      { 'content-type': CONTENT_TYPE, 'transfer-encoding': 'chunked' },
      unending(FILE),
      { totalBytes: 1_000_000 },
    ],
    [
      'a file over the limit',
      413,
      { 'content-type': CONTENT_TYPE, 'content-length': 26_000_000 },
      unending(FILE),
      { fileBytes: 1_000_000 },
    ],
    [
      'a field over the limit',
      413,
      { 'content-type': CONTENT_TYPE, 'content-length': 26_000_000 },
      unending({ name: 'a', content: 'x' }),
      { fieldBytes: 1000 },
    ],
    [
      'too many parts',
      413,
      { 'content-type': CONTENT_TYPE, 'content-length': 26_000_000 },
      unending({ name: 'a', content: 'x' }, { name: 'a', content: 'x' }, FILE),
      { fields: 1 },
    ],
    ['another content type', 415, { 'content-type': 'application/json', 'content-length': 26_000_000 }, Buffer.from('{')],
    ['a compressed form', 415, { 'content-type': CONTENT_TYPE, 'content-length': 26_000_000, 'content-encoding': 'gzip' }, unending(FILE)],
    ['no boundary', 400, { 'content-type': 'multipart/form-data', 'content-length': 26_000_000 }, unending(FILE)],
    ['a malformed part', 400, { 'content-type': CONTENT_TYPE, 'content-length': 26_000_000 }, unending({ ...FILE, header: '!: x' })],
    [
      'a deceptive name',
      400,
      { 'content-type': CONTENT_TYPE, 'content-length': 26_000_000 },
      unending({ ...FILE, filename: 'gnp.\u202eexe' }),
    ],
    [
      'a file that is not expected',
      422,
      { 'content-type': CONTENT_TYPE, 'content-length': 26_000_000 },
      unending({ ...FILE, name: 'other' }),
    ],
    [
      'a file of another type',
      415,
      { 'content-type': CONTENT_TYPE, 'content-length': 26_000_000 },
      unending({ ...FILE, content: '<svg>'.repeat(1000) }),
    ],
  ])('of %s reaches a client that goes on sending: %i', async (_, status, headers, beginning, limits) => {
    const { port, directory } = await server(limits === undefined ? {} : { limits })
    const framed = headers['transfer-encoding'] === undefined ? (bytes: Uint8Array) => bytes : chunk
    const reply = await sendOn(port, postHead('/', headers), on(beginning, framed))
    expect(reply.status).toBe(status)
    expect(reply.headers.connection).toBe('close')
    expect(reply.body.length).toBe(Number(reply.headers['content-length']))
    await sleep(30)
    expect(await filesIn(directory)).toEqual([])
  })

  test('comes to a client that stalls: 408 after the idle time', async () => {
    const { port, directory } = await server({ limits: { idleTimeoutMs: 150 } })
    const head = postHead('/', { 'content-type': CONTENT_TYPE, 'content-length': 1_000_000 })
    const started = performance.now()
    const reply = await sendOn(port, head, [unending(FILE)], true)
    expect([reply.status, reply.headers.connection]).toEqual([408, 'close'])
    expect(performance.now() - started).toBeGreaterThan(140)
    expect(await filesIn(directory)).toEqual([])
  })

  test('does not come to a client that is slow but steady', async () => {
    const { port } = await server({ limits: { idleTimeoutMs: 300 } })
    const body = multipartBody([FILE])
    const head = postHead('/', { 'content-type': CONTENT_TYPE, 'content-length': body.length, connection: 'close' })
    async function* slowly(): AsyncGenerator<Uint8Array, void, undefined> {
      for (let at = 0; at < body.length; at += 30) {
        yield body.subarray(at, at + 30)
        await sleep(60)
      }
    }
    expect((await sendOn(port, head, slowly())).status).toBe(200)
  })

  test('by a hook comes before a byte of the body was asked for', async () => {
    const app = (await testApp()).use(uploads())
    app.beforeRequest(() => abort(401), { phase: 'auth' })
    app.post('/', [files({ picture: image() })], () => 'ok')
    let pulled = 0
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled++
          controller.enqueue(new Uint8Array(65_536))
        },
      },
      { highWaterMark: 0 },
    )
    const request = new Request('http://localhost/', {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'content-type': CONTENT_TYPE },
    } as RequestInit)
    expect((await app.fetch(request)).status).toBe(401)
    expect(pulled).toBe(0)
    expect(await filesIn(app.instancePath)).toEqual([])
  })
})
