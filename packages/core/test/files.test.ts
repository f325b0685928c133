import { execFileSync } from 'node:child_process'
import { closeSync, constants, existsSync, openSync, symlinkSync } from 'node:fs'
import { isHttpError, micro, type Reply } from '@micro/core'
import { serve } from '@micro/core/node'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type FileOptions, sendFile } from '../src/files/files.ts'
import { DOORS } from './both.ts'
import { asked, digest, FileFixture, LONG_AGO_DATE, large, letters, showsOpenFiles } from './file-fixture.ts'
import { type ReplyServer, replyServer } from './reply-server.ts'

let options: FileOptions = {}

const fixture = new FileFixture('files')
let server: ReplyServer

beforeAll(async () => {
  fixture.put('letters.txt', letters)
  fixture.put('large.bin', large)
  fixture.put('empty.txt', '')
  server = await replyServer((request, path) => sendFile(request, fixture.at(path), options))
})

afterAll(async () => {
  await server.close()
  fixture.remove()
})

describe('sendFile', () => {
  test('sends a small file whole, with everything that describes it', async () => {
    const { status, headers, body } = await server.ask('/letters.txt')
    expect(status).toBe(200)
    expect(body).toEqual(letters)
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '26',
      'last-modified': LONG_AGO_DATE,
      'accept-ranges': 'bytes',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
    })
    expect(headers.etag).toMatch(/^"[\w-]+"$/)
    expect(headers['content-disposition']).toBeUndefined()
    expect(headers['content-encoding']).toBeUndefined()
  })

  test('sends a large file as a stream of its exact length', async () => {
    const { status, headers, body } = await server.ask('/large.bin')
    expect(status).toBe(200)
    expect(headers['content-length']).toBe(String(large.length))
    expect(headers['transfer-encoding']).toBeUndefined()
    expect(digest(body)).toBe(digest(large))
  })

  test.each([0, 1, 65_535, 65_536, 65_537, 131_072, 200_001])('sends %i bytes', async (length) => {
    const content = Buffer.alloc(length, 'abcdefg')
    fixture.put('sized.bin', content)
    const { headers, body } = await server.ask('/sized.bin')
    expect(headers['content-length']).toBe(String(length))
    expect(digest(body)).toBe(digest(content))
  })

  test('holds up to 64 KiB in memory, and streams what is longer', async () => {
    fixture.put('small.bin', Buffer.alloc(65_536))
    fixture.put('longer.bin', Buffer.alloc(65_537))
    expect((await sendFile(asked(), fixture.at('small.bin'))).body).toBeInstanceOf(Uint8Array)
    const { body } = await sendFile(asked(), fixture.at('longer.bin'))
    expect(body).not.toBeInstanceOf(Uint8Array)
    expect(Symbol.asyncIterator in Object(body)).toBe(true)
  })

  test('answers HEAD with the headers of GET and without reading', async () => {
    for (const name of ['letters.txt', 'large.bin', 'empty.txt']) {
      const get = await server.ask(`/${name}`)
      const head = await server.ask(`/${name}`, {}, 'HEAD')
      const { date: _, ...expected } = get.headers
      expect(head.headers).toMatchObject(expected)
      expect(head.body).toHaveLength(0)
      expect((await sendFile(asked({}, 'HEAD'), fixture.at(name))).body).toBeNull()
    }
  })

  test('disregards conditions and ranges of other methods', async () => {
    const headers = { 'if-none-match': '*', 'if-match': '"other"', range: 'bytes=0-1' }
    const { status, body } = await server.ask('/letters.txt', headers, 'POST')
    expect(status).toBe(200)
    expect(body).toEqual(letters)
  })

  describe('types', () => {
    const rows: readonly (readonly [name: string, type: string])[] = [
      ['a.html', 'text/html; charset=utf-8'],
      ['a.CSS', 'text/css; charset=utf-8'],
      ['a.js', 'text/javascript; charset=utf-8'],
      ['a.json', 'application/json'],
      ['a.svg', 'image/svg+xml'],
      ['a.b.png', 'image/png'],
      ['a.woff2', 'font/woff2'],
      ['html', 'application/octet-stream'],
      ['.html', 'application/octet-stream'],
      ['a.unknown', 'application/octet-stream'],
      ['a.constructor', 'application/octet-stream'],
      ['a.__proto__', 'application/octet-stream'],
    ]

    test.each(rows)('%s', async (name, type) => {
      fixture.put(name, letters)
      expect((await sendFile(asked(), fixture.at(name))).type).toBe(type)
    })

    test('the one that is given goes first', async () => {
      expect((await sendFile(asked(), fixture.at('letters.txt'), { type: 'application/x-abc' })).type).toBe('application/x-abc')
    })

    test('an extension of a directory is none of its files', async () => {
      fixture.put('dir.html/plain', letters)
      expect((await sendFile(asked(), fixture.at('dir.html/plain'))).type).toBe('application/octet-stream')
    })
  })

  describe('options', () => {
    const caching: readonly (readonly [maxAge: number | undefined, value: string])[] = [
      [undefined, 'no-cache'],
      [0, 'no-cache'],
      [60, 'max-age=60'],
      [1.9, 'max-age=1'],
      [-5, 'no-cache'],
      [Number.NaN, 'no-cache'],
      [Number.POSITIVE_INFINITY, 'max-age=31536000'],
    ]

    test.each(caching)('a maximal age of %s is %s', async (maxAge, value) => {
      const reply = await sendFile(asked(), fixture.at('letters.txt'), maxAge === undefined ? {} : { maxAge })
      expect(headersOf(reply).get('cache-control')).toBe(value)
    })

    test('a download has its name, over the wire', async () => {
      options = { download: 'Größe\r\nX-Evil: 1.txt' }
      const { headers } = await server.ask('/letters.txt')
      options = {}
      expect(headers['content-disposition']).toBe(
        `attachment; filename="Gro_e__X-Evil: 1.txt"; filename*=UTF-8''Gr%C3%B6%C3%9Fe__X-Evil%3A%201.txt`,
      )
      expect(headers['x-evil']).toBeUndefined()
    })

    test('are not written to', async () => {
      const given = Object.freeze({ maxAge: 5, download: 'x', type: 'text/x' })
      await sendFile(asked(), fixture.at('letters.txt'), given)
      expect(given).toEqual({ maxAge: 5, download: 'x', type: 'text/x' })
    })
  })

  describe('what is not sent', () => {
    const rows: readonly (readonly [what: string, path: () => string])[] = [
      ['a missing file', () => fixture.at('missing.txt')],
      ['a directory', () => fixture.root],
      ['a file with a slash behind it', () => `${fixture.at('letters.txt')}/`],
      ['something below a file', () => fixture.at('letters.txt/x')],
      ['a name with a NUL', () => `${fixture.at('letters.txt')}\0.png`],
      ['a name that is too long', () => fixture.at('x'.repeat(5000))],
      ['a device', () => '/dev/zero'],
    ]

    test.each(rows)('%s is 404', async (_, path) => {
      const error = await sendFile(asked(), path()).catch((reason: unknown) => reason)
      expect(isHttpError(error) && error.status).toBe(404)
    })

    test.skipIf(process.platform === 'win32')('a pipe is 404, and its writer is not waited for', async () => {
      const path = fixture.at('pipe')
      execFileSync('mkfifo', [path])
      let waited = false
      // A writer lets go of whoever does wait.
      const rescue = setTimeout(() => {
        waited = true
        closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK))
      }, 1000)
      const error = await sendFile(asked(), path).catch((reason: unknown) => reason)
      clearTimeout(rescue)
      expect(isHttpError(error) && error.status).toBe(404)
      expect(waited).toBe(false)
    })

    test.runIf(showsOpenFiles)('a file without permission is 404, the reason being its cause', async () => {
      // Nobody may read it, not even root.
      const error = await sendFile(asked(), '/proc/sys/vm/compact_memory').catch((reason: unknown) => reason)
      expect(error).toMatchObject({ status: 404, cause: { code: 'EACCES' } })
    })

    test('anything, on a runtime without a file system', async () => {
      const builtin = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)
      const sent = sendFile(asked(), fixture.at('letters.txt'))
      builtin.mockRestore()
      await expect(sent).rejects.toMatchObject({ code: 'MICRO_NO_FILES', message: expect.stringContaining('ctx.file()') })
    })

    test('says nothing about the disk', async () => {
      const { status, body } = await server.ask('/missing.txt')
      expect(status).toBe(404)
      expect(body.toString()).not.toContain(fixture.root)
    })
  })
})

describe('ctx.file', () => {
  test('answers through fetch and a socket alike', async () => {
    const app = micro(import.meta, { mode: 'test', env: {}, root: fixture.root })
    app.get('/file/:name', (ctx) => ctx.file(fixture.at(ctx.params.name), { maxAge: 60 }))
    const running = await serve(app, { port: 0, signals: false })
    try {
      const ways = [
        (path: string, init?: RequestInit) => app.fetch(new Request(`http://localhost${path}`, init)),
        (path: string, init?: RequestInit) => fetch(running.url + path, init),
      ]
      for (const ask of ways) {
        const whole = await ask('/file/large.bin')
        expect(whole.headers.get('content-length')).toBe(String(large.length))
        expect(digest(Buffer.from(await whole.arrayBuffer()))).toBe(digest(large))
        const part = await ask('/file/letters.txt', { headers: { range: 'bytes=-3' } })
        expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 23-25/26', 'xyz'])
        const same = await ask('/file/letters.txt', {
          headers: { 'if-none-match': whole.headers.get('etag') ?? '', 'if-modified-since': LONG_AGO_DATE },
        })
        expect(same.status).toBe(200)
        const kept = await ask('/file/letters.txt', { headers: { 'if-none-match': same.headers.get('etag') ?? '' } })
        expect([kept.status, await kept.text()]).toEqual([304, ''])
        const head = await ask('/file/large.bin', { method: 'HEAD' })
        expect([head.status, head.headers.get('content-length')]).toEqual([200, String(large.length)])
        const beyond = await ask('/file/letters.txt', { headers: { range: 'bytes=99-' } })
        expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */26'])
        expect((await ask('/file/missing.txt')).status).toBe(404)
      }
    } finally {
      await running.stop()
    }
  })
})

test.each(DOORS)('a proxy may send the file instead: through $name', async ({ open }) => {
  const { send } = await open((app) =>
    app.get('/report', (ctx) => {
      ctx.setHeader('X-Accel-Redirect', '/private/report.pdf')
      ctx.setHeader('Content-Type', 'application/pdf')
      return ctx.reply(null)
    }),
  )
  const { status, headers, body } = await send('/report')
  expect([status, headers.get('x-accel-redirect'), headers.get('content-type'), body.length]).toEqual([
    200,
    '/private/report.pdf',
    'application/pdf',
    0,
  ])
})

describe('ctx.file with a root', () => {
  test.each<[name: string, status: number]>([
    ['letters.txt', 200],
    ['sub/inner.txt', 200],
    ['../outside-root.txt', 404],
    ['sub/../letters.txt', 404],
    ['/etc/hostname', 404],
    ['.hidden', 404],
    ['link-out.txt', 404],
    ['sub', 404],
    ['gone.txt', 404],
    ['letters.txt\0.png', 404],
    ['..\\outside-root.txt', 404],
  ])('sends %j from the directory alone: %d', async (name, status) => {
    fixture.put('rooted/letters.txt', 'inside')
    fixture.put('rooted/sub/inner.txt', 'inside')
    fixture.put('rooted/.hidden', 'hidden')
    fixture.put('outside-root.txt', 'outside')
    if (!existsSync(fixture.at('rooted/link-out.txt'))) {
      symlinkSync(fixture.at('outside-root.txt'), fixture.at('rooted/link-out.txt'))
    }
    const app = micro(import.meta, { mode: 'test', env: {}, root: fixture.root })
    app.get('/', (ctx) => ctx.file(ctx.query.get('name') ?? '', { root: 'rooted', download: '' }))
    const response = await app.fetch(new Request(`http://localhost/?name=${encodeURIComponent(name)}`))
    expect(response.status).toBe(status)
    if (status === 200) {
      expect(await response.text()).toBe('inside')
    }
  })
})

const headersOf = (reply: Reply): Map<string, string> => {
  const list = reply.headers ?? []
  return new Map(list.flatMap((name, index) => (index % 2 === 0 ? [[name.toLowerCase(), list[index + 1] ?? ''] as const] : [])))
}
