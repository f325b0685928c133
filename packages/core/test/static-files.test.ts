import { cpSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { micro } from '@micro/core'
import { serve } from '@micro/core/node'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type DirectoryOptions, type DirectoryServer, serveDirectory } from '../src/static-files.ts'
import { type ReplyServer, replyServer, type Seen, timesOpen } from './reply-server.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'micro-static-')))
const at = (name: string): string => join(root, name)
const LONG_AGO = new Date('2020-02-02T02:02:02Z')
const script = Buffer.from('console.log("hello");\n'.repeat(200))

let answer: DirectoryServer
let server: ReplyServer

beforeAll(async () => {
  put('outside/secret.txt', 'outside')
  put('public/app.css', 'a { color: red }')
  put('public/a b/ü.txt', 'spaced')
  put('public/100%25.txt', 'percent')
  put('public/.env', 'SECRET=1')
  put('public/.git/config', '[core]')
  put('public/.well-known/security.txt', 'Contact: x')
  put('public/docs/index.html', '<h1>Docs</h1>')
  put('public/plain/file.txt', 'plain')
  put('public-secrets/key.pem', 'a sibling whose name starts the same')
  answer = serveDirectory(at('public'))
  server = await replyServer((request, path) => answer(request, path))
})

afterEach(() => {
  vi.useRealTimers()
})

afterAll(async () => {
  await server.close()
  rmSync(root, { recursive: true })
})

/** Writes a file, last changed long ago unless another time is given. */
function put(name: string, content: string | Buffer, modified: Date = LONG_AGO): void {
  mkdirSync(dirname(at(name)), { recursive: true })
  writeFileSync(at(name), content)
  utimesSync(at(name), modified, modified)
}

/** Asks a server of its own, which remembers nothing. */
async function ask(
  path: string,
  headers?: { readonly [name: string]: string },
  options: DirectoryOptions = {},
  directory = 'public',
): Promise<Seen> {
  answer = serveDirectory(at(directory), options)
  return server.ask(path, headers)
}

/** Passes the seconds for which a server relies on what it has found out. */
function passSeconds(seconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 })
}

describe('serveDirectory', () => {
  describe('paths', () => {
    const rows: readonly (readonly [path: string, text: string | null])[] = [
      ['/app.css', 'a { color: red }'],
      ['/a%20b/%C3%BC.txt', 'spaced'],
      ['/100%2525.txt', 'percent'],
      ['/.well-known/security.txt', 'Contact: x'],
      ['/plain/file.txt', 'plain'],
      ['/missing.txt', null],
      ['/app.css/', null],
      ['/app.css/x', null],
      ['/plain', null],
      ['/plain/', null],
      ['/', null],
      ['//app.css', null],
      ['/plain//file.txt', null],
      ['/./app.css', null],
      ['/plain/../app.css', null],
      ['/../outside/secret.txt', null],
      ['/%2e%2e/outside/secret.txt', null],
      ['/..%2foutside%2fsecret.txt', null],
      ['/%2e%2e%2foutside/secret.txt', null],
      ['/plain/%2e%2e/%2e%2e/outside/secret.txt', null],
      ['/%252e%252e/outside/secret.txt', null],
      ['/..%5coutside%5csecret.txt', null],
      ['/../public-secrets/key.pem', null],
      ['/%00app.css', null],
      ['/app.css%00', null],
      ['/.env', null],
      ['/%2eenv', null],
      ['/.git/config', null],
      ['/plain/.well-known/x', null],
      ['/etc/passwd', null],
      ['//etc/passwd', null],
      [`/${'x/'.repeat(3000)}x`, null],
    ]

    test.each(rows)('%s', async (path, text) => {
      const { status, body } = await ask(path)
      expect(status).toBe(text === null ? 404 : 200)
      expect(body.toString()).toBe(text ?? '')
    })

    test('an absolute one does not leave the directory', async () => {
      expect(await serveDirectory(at('public'))({ method: 'GET', header: () => undefined }, at('outside/secret.txt'))).toBeNull()
    })
  })

  test('answers null where there is no directory, and serves it once it is there', async () => {
    answer = serveDirectory(at('later'))
    expect((await server.ask('/a.txt')).status).toBe(404)
    put('later/a.txt', 'now')
    expect((await server.ask('/a.txt')).body.toString()).toBe('now')
  })

  test('reads nothing before the first request', () => {
    expect(() => serveDirectory(at('never/was'))).not.toThrow()
  })

  test('sends files as sendFile does: conditions, ranges, types', async () => {
    const whole = await ask('/app.css')
    expect(whole.headers).toMatchObject({
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
    })
    expect((await ask('/app.css', { 'If-None-Match': whole.headers.etag ?? '' })).status).toBe(304)
    const part = await ask('/app.css', { Range: 'bytes=0-0' })
    expect([part.status, part.body.toString()]).toEqual([206, 'a'])
    expect((await ask('/app.css', { Range: 'bytes=900-' })).status).toBe(416)
  })

  test('lets caches keep files for maxAge', async () => {
    expect((await ask('/app.css', {}, { maxAge: 600 })).headers['cache-control']).toBe('public, max-age=600')
    expect((await ask('/app.css', { 'If-None-Match': '*' }, { maxAge: 600 })).headers['cache-control']).toBe('public, max-age=600')
  })

  describe('symbolic links', () => {
    beforeAll(() => {
      mkdirSync(at('public/links'))
      symlinkSync(at('outside/secret.txt'), at('public/links/file.txt'))
      symlinkSync('../../outside', at('public/links/directory'))
      symlinkSync('../../public-secrets/key.pem', at('public/links/neighbour.pem'))
      symlinkSync('../app.css', at('public/links/inside.css'))
      symlinkSync('loop', at('public/links/loop'))
      symlinkSync(at('public'), at('linked'))
    })

    const rows: readonly (readonly [path: string, status: number])[] = [
      ['/links/file.txt', 404],
      ['/links/directory/secret.txt', 404],
      ['/links/neighbour.pem', 404],
      ['/links/loop', 404],
      ['/links/inside.css', 200],
    ]

    test.each(rows)('%s is %i', async (path, status) => {
      const seen = await ask(path)
      expect(seen.status).toBe(status)
      expect(seen.body.toString()).not.toContain('outside')
    })

    test('the directory may be one itself, and be pointed elsewhere', async () => {
      expect((await ask('/app.css', {}, {}, 'linked')).status).toBe(200)
      put('release-2/new.css', 'new')
      symlinkSync(at('release-2'), at('linked.next'))
      renameSync(at('linked.next'), at('linked'))
      expect((await server.ask('/new.css')).body.toString()).toBe('new')
      expect((await server.ask('/app.css')).status).toBe(404)
    })

    test('one that is put in the place of a file just served is refused at once', async () => {
      put('public/swapped.txt', 'served')
      expect((await ask('/swapped.txt')).body.toString()).toBe('served')
      rmSync(at('public/swapped.txt'))
      symlinkSync(at('outside/secret.txt'), at('public/swapped.txt'))
      expect((await server.ask('/swapped.txt')).status).toBe(404)
    })

    test('a directory put in the place of one just served from is refused at once', async () => {
      put('public/swap/secret.txt', 'served')
      expect((await ask('/swap/secret.txt')).body.toString()).toBe('served')
      renameSync(at('public/swap'), at('public/swap.old'))
      symlinkSync(at('outside'), at('public/swap'))
      expect((await server.ask('/swap/secret.txt')).status).toBe(404)
    })

    test('a refused file is not left open', async () => {
      await ask('/links/file.txt')
      expect(timesOpen(at('outside/secret.txt'))).toBe(0)
    })

    test.runIf(process.platform === 'linux')('a root that is the root of the disk', async () => {
      answer = serveDirectory('/')
      expect((await server.ask(`${root}/public/app.css`)).status).toBe(200)
    })
  })

  describe('index', () => {
    const indexed = (path: string, headers?: { readonly [name: string]: string }): Promise<Seen> => ask(path, headers, { index: true })

    test('answers a directory, at its URL with a slash', async () => {
      const seen = await indexed('/docs/')
      expect([seen.status, seen.headers['content-type'], seen.body.toString()]).toEqual([200, 'text/html; charset=utf-8', '<h1>Docs</h1>'])
      const without = await indexed('/docs')
      expect([without.status, without.headers.location]).toEqual([308, 'docs/'])
    })

    test('answers the directory itself', async () => {
      put('site/index.html', 'home')
      expect((await ask('/', {}, { index: true }, 'site')).body.toString()).toBe('home')
    })

    const none: readonly string[] = [
      '/plain',
      '/plain/',
      '/docs//',
      '/../',
      '/.git/',
      '/links/directory/',
      '/links/directory',
      '/missing/',
      '//evil.example/',
    ]

    test.each(none)('%s has none', async (path) => {
      put('outside/index.html', 'outside')
      expect((await indexed(path)).status).toBe(404)
    })

    test('a redirect names no other host', async () => {
      put('public/http:/index.html', 'odd')
      expect((await indexed('/http:')).headers.location).toBe('http%3A/')
    })
  })

  describe('precompressed', () => {
    const br = brotliCompressSync(script)
    const gz = gzipSync(script)

    beforeAll(() => {
      put('public/app.js', script)
      put('public/app.js.br', br)
      put('public/app.js.gz', gz)
      put('public/only-gz.js', script)
      put('public/only-gz.js.gz', gz)
      put('public/photo.png', 'png')
      put('public/photo.png.gz', gz)
      put('public/stale.js', 'console.log("new")', new Date(LONG_AGO.getTime() + 120_000))
      put('public/stale.js.br', br)
      put('public/orphan.js.br', br)
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
      answer = serveDirectory(at('public'))
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
      put('public/same.js', 'same size')
      put('public/same.js.br', 'ezis emas')
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
      put('public/changing.js', script)
      answer = serveDirectory(at('public'))
      const asked = { 'Accept-Encoding': 'br' }
      expect((await server.ask('/changing.js', asked)).headers['content-encoding']).toBeUndefined()
      put('public/changing.js.br', br)
      passSeconds(2)
      expect((await server.ask('/changing.js', asked)).headers['content-encoding']).toBe('br')
      rmSync(at('public/changing.js.br'))
      const seen = await server.ask('/changing.js', asked)
      expect([seen.status, seen.headers['content-encoding']]).toEqual([200, undefined])
      expect(seen.body).toEqual(script)
    })

    test('a link is none that leads out', async () => {
      put('public/linked.js', script)
      put('outside/other.br', br)
      symlinkSync(at('outside/other.br'), at('public/linked.js.br'))
      const seen = await ask('/linked.js', { 'Accept-Encoding': 'br' })
      expect([seen.status, seen.headers['content-encoding']]).toEqual([200, undefined])
    })

    test('can be switched off', async () => {
      const { headers } = await ask('/app.js', { 'Accept-Encoding': 'br' }, { precompressed: false })
      expect([headers['content-encoding'], headers.vary]).toEqual([undefined, undefined])
    })
  })
})

describe('static files of an app', () => {
  test('come through fetch and a socket alike, and hide what is not theirs', async () => {
    cpSync(at('public'), at('app/static'), { recursive: true, filter: (source) => !source.includes('links') })
    const app = micro(import.meta, { mode: 'test', env: {}, root: at('app'), config: { static: { maxAge: 30 } } })
    app.get('/', () => 'home')
    const running = await serve(app, { port: 0, signals: false })
    try {
      for (const asked of [
        (path: string) => app.fetch(new Request(`http://localhost${path}`)),
        (path: string) => fetch(running.url + path),
      ]) {
        const seen = await asked('/static/app.css')
        expect([seen.status, seen.headers.get('cache-control'), await seen.text()]).toEqual([200, 'public, max-age=30', 'a { color: red }'])
        for (const path of [
          '/static/.env',
          '/static/%2e%2e%2fsecret',
          '/static/..%2f..%2foutside%2fsecret.txt',
          '/static/missing',
          '/static/plain',
          '/static/a%00b',
          '/static/%5c..%5cx',
        ]) {
          expect((await asked(path)).status, path).toBe(404)
        }
      }
    } finally {
      await running.stop()
    }
  })
})

function decoded({ headers, body }: Seen): Buffer {
  const coding = headers['content-encoding']
  return coding === 'br' ? brotliDecompressSync(body) : coding === 'gzip' ? gunzipSync(body) : body
}
