import { describe, expect, test } from 'vitest'
import { memoryStorage, type SendOptions, type UploadsOptions, uploads } from '../src/index.ts'
import { CONTENT_TYPE, multipartBody, png } from './multipart-body.ts'
import { EDGES, type Send, testApp } from './serving.ts'

const HTML = '<!doctype html><script>alert(document.domain)</script>'

const STORAGES: [name: string, options: UploadsOptions][] = [
  ['the disk', {}],
  ['memory', { storage: memoryStorage }],
]

async function opened(open: (app: never) => Promise<Send>, given: UploadsOptions, options?: SendOptions): Promise<Send> {
  const app = (await testApp()).use(uploads(given))
  app.post('/', async (ctx) => {
    const form = await ctx.uploads.form()
    const kept = form.get('f')
    return typeof kept === 'object' && kept !== null ? { ...(await kept.keep()) } : {}
  })
  app.get('/f/:key<path>', (ctx) => ctx.uploads.send(ctx.params.key, options))
  return open(app as never)
}

async function put(send: Send, content: string | Uint8Array, filename = 'a.png'): Promise<string> {
  const body = new Uint8Array(multipartBody([{ name: 'f', filename, type: 'text/html', content }]))
  const reply = await send('/', { method: 'POST', body, headers: { 'content-type': CONTENT_TYPE } })
  return ((await reply.json()) as { readonly key: string }).key
}

describe.each(EDGES)('ctx.uploads.send, through %s', (_, open) => {
  describe.each(STORAGES)('from %s', (storage, given) => {
    test.each<[what: string, content: string | Uint8Array, type: string, disposition: string | null, options?: SendOptions]>([
      ['a picture', png(10), 'image/png', null],
      ['a page, as plain text', HTML, 'text/plain; charset=utf-8', null],
      [
        'a drawing with a script, as plain text',
        '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        'text/plain; charset=utf-8',
        null,
      ],
      ['a picture with a script in it, as a picture', Buffer.concat([Buffer.from('GIF89a/*'), Buffer.from(HTML)]), 'image/gif', null],
      ['a document, for download', '%PDF-1.7', 'application/pdf', 'attachment'],
      ['anything else, for download', '\0\x01', 'application/octet-stream', 'attachment'],
      ['a document that is trusted', '%PDF-1.7', 'application/pdf', null, { inline: true }],
      ['a picture that shall not be shown', png(10), 'image/png', 'attachment', { inline: false }],
    ])('sends %s', async (_what, content, type, disposition, options) => {
      const send = await opened(open, given, options)
      const reply = await send(`/f/${await put(send, content, 'evil.html')}`)
      expect(reply.status).toBe(200)
      expect(reply.headers.get('content-type')).toBe(type)
      expect(reply.headers.get('content-disposition')).toBe(disposition)
      expect(reply.headers.get('x-content-type-options')).toBe('nosniff')
      expect(reply.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
      expect(reply.headers.get('cache-control')).toBe('private, no-cache')
      expect(reply.headers.get('set-cookie')).toBeNull()
      expect(reply.headers.get('content-length')).toBe(String(Buffer.from(content).length))
      expect(Buffer.from(await reply.bytes())).toEqual(Buffer.from(content))
    })

    test('offers a name in which nothing can break the header', async () => {
      const send = await opened(open, given, { download: 'Grüße "x"; \r\nSet-Cookie: a=b.png', maxAge: 60 })
      const reply = await send(`/f/${await put(send, png(1))}`)
      const disposition = reply.headers.get('content-disposition') ?? ''
      expect(disposition).toMatch(/^attachment; /)
      expect(disposition).toMatch(/filename\*=UTF-8''Gr%C3%BC%C3%9Fe%20%22x%22%3B%20__Set-Cookie/)
      expect(disposition).not.toMatch(/[\r\n]/)
      expect(reply.headers.get('set-cookie')).toBeNull()
      expect(reply.headers.get('cache-control')).toBe('private, max-age=60')
    })

    test.each([
      'nothing',
      '..%2f..%2fetc%2fpasswd',
      '../../etc/passwd',
      `${'a'.repeat(32)}.png`,
      `${'a'.repeat(32)}.exe`,
      'a%00b',
      `incoming/micro-${'a'.repeat(32)}.part`,
      '%2e%2e/x',
    ])('answers 404 to %s', async (key) => {
      const send = await opened(open, given)
      await put(send, png(1))
      expect((await send(`/f/${key}`)).status).toBe(404)
    })

    test('sends no body to HEAD, a part to who asks for it, and 304 to who has it', async () => {
      const send = await opened(open, given)
      const path = `/f/${await put(send, png(100))}`
      const head = await send(path, { method: 'HEAD' })
      expect([head.status, head.headers.get('content-length'), (await head.bytes()).length]).toEqual([200, '108', 0])
      expect(head.headers.get('x-content-type-options')).toBe('nosniff')
      const etag = head.headers.get('etag') ?? ''
      expect([head.headers.get('accept-ranges'), etag]).toEqual(['bytes', expect.stringMatching(storage === 'memory' ? /^"/ : /^W\/"/)])
      // A file that was written this very second has a weak tag, which selects no part.
      for (const ifRange of [undefined, ...(storage === 'memory' ? [etag] : [])]) {
        const part = await send(path, { headers: { range: 'bytes=8-15', ...(ifRange === undefined ? {} : { 'if-range': ifRange }) } })
        expect([part.status, part.headers.get('content-range'), part.headers.get('content-length')]).toEqual([206, 'bytes 8-15/108', '8'])
        expect(Buffer.from(await part.bytes())).toEqual(Buffer.from(png(100)).subarray(8, 16))
      }
      expect((await send(path, { headers: { range: 'bytes=-8' } })).headers.get('content-range')).toBe('bytes 100-107/108')
      const other = await send(path, { headers: { range: 'bytes=8-15', 'if-range': '"other"' } })
      expect([other.status, (await other.bytes()).length]).toEqual([200, 108])
      const beyond = await send(path, { headers: { range: 'bytes=108-' } })
      expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */108'])
      const known = await send(path, { headers: { 'if-none-match': etag } })
      expect([known.status, known.headers.get('cache-control'), known.headers.get('etag')]).toEqual([304, 'private, no-cache', etag])
      expect((await send(path, { headers: { 'if-match': '"other"' } })).status).toBe(412)
      const headOfPart = await send(path, { method: 'HEAD', headers: { range: 'bytes=8-15' } })
      expect([headOfPart.status, headOfPart.headers.get('content-length')]).toEqual([200, '108'])
    })

    test(`${storage === 'memory' ? 'sends all to who asks for several parts' : 'sends several parts, and 304 by the date'}`, async () => {
      const send = await opened(open, given)
      const path = `/f/${await put(send, png(100))}`
      const parts = await send(path, { headers: { range: 'bytes=0-0,50-50' } })
      expect(parts.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
      if (storage === 'memory') {
        expect([parts.status, (await parts.bytes()).length]).toEqual([200, 108])
        return
      }
      expect(parts.headers.get('content-type')).toMatch(/^multipart\/byteranges/)
      const known = await send(path, { headers: { 'if-modified-since': parts.headers.get('last-modified') ?? '' } })
      expect([known.status, known.headers.get('cache-control')]).toEqual([304, 'private, no-cache'])
    })
  })
})
