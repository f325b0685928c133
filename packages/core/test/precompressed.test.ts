import { rmSync, symlinkSync } from 'node:fs'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type DirectoryOptions, type DirectoryServer, serveDirectory } from '../src/files/static-files.ts'
import { FileFixture, LONG_AGO } from './file-fixture.ts'
import { type ReplyServer, replyServer, type Seen } from './reply-server.ts'

const script = Buffer.from('console.log("hello");\n'.repeat(200))

const fixture = new FileFixture('precompressed')
let answer: DirectoryServer
let server: ReplyServer

beforeAll(async () => {
  fixture.put('public/app.css', 'a { color: red }')
  server = await replyServer((request, path) => answer(request, path))
})

afterEach(() => {
  vi.useRealTimers()
})

afterAll(async () => {
  await server.close()
  fixture.remove()
})

/** Asks a server of the directory that remembers nothing yet. */
function ask(
  path: string,
  headers: { readonly [name: string]: string } = {},
  options: DirectoryOptions = {},
  directory = 'public',
): Promise<Seen> {
  answer = serveDirectory(fixture.at(directory), options)
  return server.ask(path, headers)
}

/** Passes the seconds for which a server relies on what it has found out. */
function passSeconds(seconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 })
}

describe('Precompressed', () => {
  const br = brotliCompressSync(script)
  const gz = gzipSync(script)

  beforeAll(() => {
    fixture.put('public/app.js', script)
    fixture.put('public/app.js.br', br)
    fixture.put('public/app.js.gz', gz)
    fixture.put('public/only-gz.js', script)
    fixture.put('public/only-gz.js.gz', gz)
    fixture.put('public/photo.png', 'png')
    fixture.put('public/photo.png.gz', gz)
    fixture.put('public/stale.js', 'console.log("new")', new Date(LONG_AGO.getTime() + 120_000))
    fixture.put('public/stale.js.br', br)
    fixture.put('public/orphan.js.br', br)
  })

  const rows: readonly (readonly [path: string, accept: string | undefined, coding: string | undefined, vary: string | undefined])[] = [
    ['/app.js', 'gzip, deflate, br', 'br', 'Accept-Encoding'],
    ['/app.js', 'gzip', 'gzip', 'Accept-Encoding'],
    ['/app.js', 'br;q=0.1, gzip;q=0.9', 'gzip', 'Accept-Encoding'],
    ['/app.js', 'br;q=0, gzip;q=0', undefined, 'Accept-Encoding'],
    ['/app.js', 'zstd', undefined, 'Accept-Encoding'],
    ['/app.js', undefined, undefined, 'Accept-Encoding'],
    ['/only-gz.js', 'gzip, br', 'gzip', 'Accept-Encoding'],
    ['/app.css', 'gzip, br', undefined, undefined],
    ['/photo.png', 'gzip, br', undefined, undefined],
    ['/stale.js', 'gzip, br', undefined, undefined],
  ]

  test.each(rows)('%s for %s comes as %s', async (path, accept, coding, vary) => {
    const asked = accept === undefined ? {} : { 'Accept-Encoding': accept }
    answer = serveDirectory(fixture.at('public'))
    // The second is answered from what the first found out.
    for (const seen of [await server.ask(path, asked), await server.ask(path, asked)]) {
      expect(seen.status).toBe(200)
      expect(seen.headers['content-encoding']).toBe(coding)
      expect(seen.headers.vary).toBe(vary)
      expect(seen.headers['content-length']).toBe(String(seen.body.length))
      if (path.endsWith('app.js')) {
        expect(seen.headers['content-type']).toBe('text/javascript; charset=utf-8')
        expect(decoded(seen)).toEqual(script)
      }
    }
  })

  test('each coding has its own strong tag, of which a 304 tells too', async () => {
    const tags = await Promise.all(
      ['br', 'gzip', 'identity'].map(async (coding) => (await ask('/app.js', { 'Accept-Encoding': coding })).headers.etag ?? ''),
    )
    expect(new Set(tags).size).toBe(3)
    const kept = await ask('/app.js', { 'Accept-Encoding': 'br', 'If-None-Match': tags[0] ?? '' })
    expect([kept.status, kept.headers.vary]).toEqual([304, 'Accept-Encoding'])
    expect((await ask('/app.js', { 'Accept-Encoding': 'gzip', 'If-None-Match': tags[0] ?? '' })).status).toBe(200)
  })

  test('tags differ even where size and time do not', async () => {
    fixture.put('public/same.js', 'same size')
    fixture.put('public/same.js.br', 'ezis emas')
    const plain = await ask('/same.js')
    const coded = await ask('/same.js', { 'Accept-Encoding': 'br' })
    expect(coded.headers['content-encoding']).toBe('br')
    expect(coded.headers.etag).not.toBe(plain.headers.etag)
  })

  test('a part is one of the coded bytes; several parts come whole', async () => {
    const part = await ask('/app.js', { 'Accept-Encoding': 'br', Range: 'bytes=1-3' })
    expect([part.status, part.headers['content-range']]).toEqual([206, `bytes 1-3/${br.length}`])
    expect(part.body).toEqual(br.subarray(1, 4))
    const parts = await ask('/app.js', { 'Accept-Encoding': 'br', Range: 'bytes=0-0,3-3' })
    expect([parts.status, parts.headers['content-encoding']]).toEqual([200, 'br'])
    expect(decoded(parts)).toEqual(script)
  })

  test('one without its file is not served in its name', async () => {
    expect((await ask('/orphan.js', { 'Accept-Encoding': 'br' })).status).toBe(404)
  })

  test('one that is removed, or comes later, is noticed', async () => {
    fixture.put('public/changing.js', script)
    answer = serveDirectory(fixture.at('public'))
    const asked = { 'Accept-Encoding': 'br' }
    expect((await server.ask('/changing.js', asked)).headers['content-encoding']).toBeUndefined()
    fixture.put('public/changing.js.br', br)
    passSeconds(2)
    expect((await server.ask('/changing.js', asked)).headers['content-encoding']).toBe('br')
    rmSync(fixture.at('public/changing.js.br'))
    const seen = await server.ask('/changing.js', asked)
    expect([seen.status, seen.headers['content-encoding']]).toEqual([200, undefined])
    expect(seen.body).toEqual(script)
    expect((await server.ask('/changing.js', asked)).headers.vary).toBeUndefined()
  })

  test('a directory of its name is none', async () => {
    fixture.put('public/directory.js', script)
    fixture.put('public/directory.js.br/file', '')
    expect((await ask('/directory.js', { 'Accept-Encoding': 'br' })).headers.vary).toBeUndefined()
  })

  test('a link is none that leads out', async () => {
    fixture.put('public/linked.js', script)
    fixture.put('outside/other.br', br)
    symlinkSync(fixture.at('outside/other.br'), fixture.at('public/linked.js.br'))
    const seen = await ask('/linked.js', { 'Accept-Encoding': 'br' })
    expect([seen.status, seen.headers['content-encoding']]).toEqual([200, undefined])
  })

  test('can be switched off', async () => {
    const { headers } = await ask('/app.js', { 'Accept-Encoding': 'br' }, { precompressed: false })
    expect([headers['content-encoding'], headers.vary]).toEqual([undefined, undefined])
  })
})

function decoded({ headers, body }: Seen): Buffer {
  const coding = headers['content-encoding']
  return coding === 'br' ? brotliDecompressSync(body) : coding === 'gzip' ? gunzipSync(body) : body
}
