import { Reply } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { DOORS, errorsOf } from './both.ts'

async function* parts(): AsyncGenerator<string> {
  yield 'x'
}

describe.each(DOORS)('reply headers through $name', ({ open }) => {
  test("set takes the place of earlier ones and of the reply's own, append adds", async () => {
    const { send } = await open((app) => {
      app.beforeRequest((ctx) => ctx.setHeader('X-One', 'hook'))
      app.get('/', (ctx) => {
        ctx.setHeader('x-one', 'handler')
        ctx.setHeader('X-Reply', 'set')
        ctx.appendHeader('X-Two', 'a')
        ctx.appendHeader('X-Two', 'b')
        ctx.appendHeader('X-Reply-Too', 'appended')
        return new Reply(200, 'text/plain', 'x', ['X-Reply', 'own', 'X-Reply-Too', 'own'])
      })
      app.get('/native', (ctx) => {
        ctx.setHeader('X-Reply', 'set')
        return new Response('x', { headers: { 'X-Reply': 'own', 'X-Kept': 'own' } })
      })
    })
    const { headers } = await send('/')
    expect([headers.get('x-one'), headers.get('x-reply'), headers.get('x-two'), headers.get('x-reply-too')]).toEqual([
      'handler',
      'set',
      'a, b',
      'own, appended',
    ])
    const native = await send('/native')
    expect([native.headers.get('x-reply'), native.headers.get('x-kept')]).toEqual(['set', 'own'])
  })

  test('a proxy is told by a header which file to send in the place of an empty reply', async () => {
    const { send } = await open((app) =>
      app.get('/', (ctx) => {
        ctx.setHeader('X-Accel-Redirect', '/internal/report.pdf')
        return ctx.reply(null, 200)
      }),
    )
    const { status, headers, text } = await send('/')
    expect([status, headers.get('x-accel-redirect'), text]).toEqual([200, '/internal/report.pdf', ''])
  })

  test('Trailer is sent where the body may have trailers: in chunks, and not with a length', async () => {
    const { send } = await open((app) => {
      app.beforeRequest((ctx) => ctx.setHeader('Trailer', 'X-Sum'))
      app.get('/text', (ctx) => ctx.text('x'))
      app.get('/empty', (ctx) => ctx.reply(null))
      app.get('/measured', (ctx) => ctx.reply(parts(), 200, { 'Content-Length': '1' }))
      app.get('/chunks', (ctx) => ctx.reply(parts()))
    })
    const seen: unknown[] = []
    for (const path of ['/text', '/empty', '/measured', '/chunks']) {
      const { status, headers } = await send(path)
      seen.push([path, status, headers.get('trailer')])
    }
    expect(seen).toEqual([
      ['/text', 200, null],
      ['/empty', 200, null],
      ['/measured', 200, null],
      ['/chunks', 200, 'X-Sum'],
    ])
  })

  test('Content-Type is sent once, as it was set last; Content-Length is that of the body', async () => {
    const { send } = await open((app) => {
      app.get('/string', (ctx) => {
        ctx.setHeader('content-type', 'text/css')
        ctx.setHeader('Content-Length', '99')
        return 'body{}'
      })
      app.get('/json', (ctx) => {
        ctx.setHeader('Content-Type', 'application/ld+json')
        return { a: 1 }
      })
    })
    const css = await send('/string')
    expect([css.headers.get('content-type'), css.headers.get('content-length'), css.text]).toEqual(['text/css', '6', 'body{}'])
    expect((await send('/json')).headers.get('content-type')).toBe('application/ld+json')
  })

  test('Vary names each field once, however many ask for it', async () => {
    const { send } = await open((app) => {
      app.get('/', (ctx) => {
        ctx.appendHeader('Vary', 'Accept')
        ctx.appendHeader('vary', 'accept, Origin')
        ctx.session.get('a')
        return new Reply(200, 'text/plain', 'x', ['Vary', 'Accept-Encoding, origin'])
      })
      app.get('/set', (ctx) => {
        ctx.appendHeader('Vary', 'Accept')
        ctx.setHeader('Vary', 'Cookie')
        ctx.session.get('a')
        return 'x'
      })
      app.get('/star', (ctx) => {
        ctx.appendHeader('Vary', '*')
        ctx.appendHeader('Vary', 'Accept')
        return 'x'
      })
      app.get('/fail', (ctx) => {
        ctx.session.set('a', 'x'.repeat(5000))
        return 'x'
      })
    })
    expect((await send('/')).headers.get('vary')).toBe('Accept-Encoding, origin, Accept, Cookie')
    expect((await send('/set')).headers.get('vary')).toBe('Cookie')
    expect((await send('/star')).headers.get('vary')).toBe('*')
    expect((await send('/fail')).headers.get('vary')).toBe('Accept, Cookie')
  })

  const bad: readonly (readonly [what: string, name: unknown, value: unknown])[] = [
    ['a line break', 'X-A', 'a\r\nSet-Cookie: b=c'],
    ['a line feed', 'X-A', 'a\nb'],
    ['NUL', 'X-A', 'a\0'],
    ['DEL', 'X-A', 'a\x7f'],
    ['a character outside Latin-1', 'X-A', '日'],
    ['a name with a space', 'X A', 'a'],
    ['an empty name', '', 'a'],
    ['a name with a colon', 'X:A', 'a'],
    ['nothing for a name', undefined, 'a'],
    ['a number for a value', 'X-A', 5],
    ['nothing for a value', 'X-A', undefined],
  ]
  test.each(bad)('%s in a header is a logged 500', async (_, name, value) => {
    const { send, lines } = await open((app) =>
      app.get('/', (ctx) => {
        ctx.setHeader(name as string, value as string)
        return 'x'
      }),
    )
    const seen = await send('/')
    expect([seen.status, seen.headers.has('set-cookie')]).toEqual([500, false])
    expect(lines.map(({ fields }) => (fields.error as { code?: string }).code)).toEqual(['MICRO_HEADER_INVALID'])
  })

  test('one in a Reply of its own making too: nothing of it is sent, the request ends, the app goes on', async () => {
    const ended: string[] = []
    const { send, lines, app } = await open((made) => {
      made.teardownRequest((ctx) => void ended.push(ctx.path))
      made.get('/list', () => new Reply(200, 'text/plain', 'x', ['X-A', 'a\nb']))
      made.get('/type', () => new Reply(200, 'text/plain\r\nX: y', 'x'))
      made.get('/status', () => new Reply(1000, 'text/plain', 'x'))
      made.get('/fine', () => 'fine')
    })
    for (const path of ['/list', '/type', '/status']) {
      const seen = await send(path)
      expect([path, seen.status, seen.text, seen.headers.has('x-a')]).toEqual([path, 500, '', false])
    }
    expect(errorsOf(lines)).toHaveLength(3)
    expect((await send('/fine')).text).toBe('fine')
    await app.stop()
    expect(ended).toEqual(['/list', '/type', '/status', '/fine'])
  })

  test('Latin-1 arrives', async () => {
    const { send } = await open((app) =>
      app.get('/', (ctx) => {
        ctx.setHeader('X-A', 'hü\tx')
        return 'x'
      }),
    )
    expect((await send('/')).headers.get('x-a')).toBe('hü\tx')
  })
})
