import { runInNewContext } from 'node:vm'
import { type Context, Reply } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { DOORS, errorsOf } from './both.ts'

class Point {
  x = 1
  y = 2
}

class Bag {
  readonly #items = [1]
  toJSON() {
    return this.#items
  }
}

class Perhaps {
  x = undefined
}

/** As a query builder that was not run: all it knows is hidden. */
class Query {
  readonly #table = 'notes'
  execute() {
    return Promise.resolve([this.#table])
  }
}

describe.each(DOORS)('what a handler returns, through $name', ({ open }) => {
  const bytes = new Uint8Array([0, 255, 10])
  interface Case {
    readonly what: string
    readonly make: (ctx: Context) => unknown
    readonly type: string | null
    readonly text: string
    readonly status?: number
    readonly length?: string | null
  }
  const cases: readonly Case[] = [
    { what: 'a string', make: () => 'Hü', type: 'text/html; charset=utf-8', text: 'Hü', length: '3' },
    { what: 'an empty string', make: () => '', type: 'text/html; charset=utf-8', text: '', length: '0' },
    {
      what: 'an object',
      make: () => ({ a: [1, null], d: new Date(0) }),
      type: 'application/json',
      text: '{"a":[1,null],"d":"1970-01-01T00:00:00.000Z"}',
    },
    { what: 'an array', make: () => [1, 2], type: 'application/json', text: '[1,2]', length: '5' },
    {
      what: 'an object without prototype',
      make: () => Object.assign(Object.create(null), { a: 1 }),
      type: 'application/json',
      text: '{"a":1}',
    },
    { what: "an object of the application's own class", make: () => new Point(), type: 'application/json', text: '{"x":1,"y":2}' },
    { what: 'an object without anything', make: () => ({}), type: 'application/json', text: '{}' },
    { what: 'an object of a class that is JSON', make: () => new Bag(), type: 'application/json', text: '[1]' },
    { what: 'an object of a class with undefined', make: () => new Perhaps(), type: 'application/json', text: '{}' },
    { what: 'an object of another realm', make: () => runInNewContext('({})'), type: 'application/json', text: '{}' },
    { what: 'a boxed number', make: () => Object(5), type: 'application/json', text: '5' },
    { what: 'bytes', make: () => bytes, type: 'application/octet-stream', text: Buffer.from(bytes).toString(), length: '3' },
    { what: 'a Buffer', make: () => Buffer.from('buf'), type: 'application/octet-stream', text: 'buf', length: '3' },
    {
      what: 'a part of a buffer',
      make: () => new Uint16Array(Buffer.from('xxabcd').buffer.slice(0), 0, 0),
      type: 'application/octet-stream',
      text: '',
    },
    { what: 'an ArrayBuffer', make: () => Uint8Array.from([65, 66]).buffer, type: 'application/octet-stream', text: 'AB', length: '2' },
    { what: 'a Blob', make: () => new Blob(['blob'], { type: 'text/x' }), type: 'text/x', text: 'blob', length: '4' },
    {
      what: 'the values of a form',
      make: () => new URLSearchParams({ a: 'ü', b: '1 2' }),
      type: 'application/x-www-form-urlencoded;charset=UTF-8',
      text: 'a=%C3%BC&b=1+2',
      length: '14',
    },
    { what: 'a File', make: () => new File(['file'], 'a.txt'), type: 'application/octet-stream', text: 'file', length: '4' },
    {
      what: 'a ReadableStream',
      make: () =>
        new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode('stream'))
            controller.close()
          },
        }),
      type: 'application/octet-stream',
      text: 'stream',
      length: null,
    },
    {
      what: 'an async generator of texts and bytes',
      make: () =>
        (async function* () {
          yield 'a'
          yield new Uint8Array([98])
          yield ''
          yield 'c'
        })(),
      type: 'application/octet-stream',
      text: 'abc',
      length: null,
    },
    {
      what: 'a generator',
      make: () =>
        (function* () {
          yield 'a'
          yield 'b'
        })(),
      type: 'application/octet-stream',
      text: 'ab',
    },
    { what: 'a promise', make: async () => ({ a: 1 }), type: 'application/json', text: '{"a":1}' },
    {
      what: 'a thenable',
      make: () => ({ [`th${'en'}`]: (done: (value: string) => void) => done('then') }),
      type: 'text/html; charset=utf-8',
      text: 'then',
    },
    { what: 'a Reply', make: () => new Reply(201, 'text/x', 'reply', ['X-A', 'b']), type: 'text/x', text: 'reply', status: 201 },
    { what: 'ctx.text', make: (ctx) => ctx.text('t', 202), type: 'text/plain; charset=utf-8', text: 't', status: 202 },
    { what: 'ctx.html', make: (ctx) => ctx.html('<p>', 203), type: 'text/html; charset=utf-8', text: '<p>', status: 203 },
    { what: 'ctx.json', make: (ctx) => ctx.json(null, 400), type: 'application/json', text: 'null', status: 400 },
    { what: 'ctx.reply of nothing', make: (ctx) => ctx.reply(null, 204), type: null, text: '', status: 204, length: null },
    { what: 'ctx.reply with a status', make: (ctx) => ctx.reply({ a: 1 }, 201), type: 'application/json', text: '{"a":1}', status: 201 },
    { what: 'ctx.reply of nothing, with 205', make: (ctx) => ctx.reply(undefined, 205), type: null, text: '', status: 205 },
    {
      what: 'a status set before',
      make: (ctx) => {
        ctx.status = 418
        return 'tea'
      },
      type: 'text/html; charset=utf-8',
      text: 'tea',
      status: 418,
    },
    {
      what: 'a native Response',
      make: () => new Response('native', { status: 299, headers: { 'X-Own': '1' } }),
      type: 'text/plain;charset=UTF-8',
      text: 'native',
      status: 299,
    },
    { what: 'Response.json', make: () => Response.json({ a: 1 }), type: 'application/json', text: '{"a":1}' },
    { what: 'a native Response without a body', make: () => new Response(null, { status: 204 }), type: null, text: '', status: 204 },
  ]
  test.each(cases)('$what', async ({ make, type, text, status = 200, length }) => {
    const { send, lines } = await open((app) => app.get('/', make as never))
    const seen = await send('/')
    expect([seen.status, seen.headers.get('content-type'), seen.text]).toEqual([status, type, text])
    if (length !== undefined) {
      expect(seen.headers.get('content-length')).toBe(length)
    }
    const head = await send('/', { method: 'HEAD' })
    expect([head.status, head.headers.get('content-type'), head.text]).toEqual([status, type, ''])
    expect(lines).toEqual([])
  })

  const nothings: readonly (readonly [what: string, value: unknown])[] = [
    ['nothing (undefined)', undefined],
    ['null', null],
    ['a number (5)', 5],
    ['a boolean (true)', true],
    ['a symbol (Symbol(x))', Symbol('x')],
    ['a bigint (5)', 5n],
    ['a function', () => 'x'],
    ['an object ([object Map])', new Map([['a', 1]])],
    ['an object ([object Set])', new Set(['a'])],
    ['an object ([object Headers])', new Headers({ a: 'b' })],
    ['an object of class Query that has nothing to show as JSON (a query is sent by its .execute())', new Query()],
    ['an object of a class that has nothing to show as JSON (a query is sent by its .execute())', new (class {})()],
  ]
  test.each(nothings)('%s is an error that names the file and line of the route', async (what, value) => {
    const { send, lines } = await open((app) => {
      app.get('/sync', (() => value) as never)
      app.get('/async', (async () => value) as never)
      app.get('/reply', (ctx) => ctx.reply(value ?? 5))
    })
    for (const [path, place] of [
      ['/sync', /at \S*to-reply\.test\.ts:\d+ returned/],
      ['/async', /at \S*to-reply\.test\.ts:\d+ returned/],
      ['/reply', /at ctx\.reply\(\) returned/],
    ] as const) {
      expect((await send(path)).status).toBe(500)
      expect(lines.at(-1)?.fields.error).toMatchObject({ code: 'MICRO_HANDLER_RESULT' })
      expect(errorsOf(lines).at(-1)).toMatch(place)
    }
    expect(errorsOf(lines)[0]).toContain(`returned ${what}.`)
  })

  test('a form with files is multipart, as a native Response makes it', async () => {
    const { send } = await open((app) =>
      app.get('/', () => {
        const form = new FormData()
        form.append('note', 'ü')
        form.append('file', new File(['inside'], 'a.txt'))
        return form
      }),
    )
    const { headers, body } = await send('/')
    const read = await new Response(new Uint8Array(body), { headers }).formData()
    const file = read.get('file')
    expect([read.get('note'), file instanceof File && [file.name, await file.text()]]).toEqual(['ü', ['a.txt', 'inside']])
  })

  test('an error that is returned takes the error path', async () => {
    const { send, lines } = await open((app) => app.get('/', () => new Error('returned')))
    expect((await send('/')).status).toBe(500)
    expect(errorsOf(lines)).toEqual(['returned'])
  })

  test('a Response that was sent before is an error that says so', async () => {
    const constant = new Response('once')
    const { send, lines } = await open((app) => app.get('/', () => constant))
    expect((await send('/')).text).toBe('once')
    expect((await send('/')).status).toBe(500)
    expect(lines.at(-1)?.fields.error).toMatchObject({ code: 'MICRO_RESPONSE_USED' })
  })

  test('a Reply may be returned again: it is not written to', async () => {
    const constant = new Reply(200, 'text/x', 'again', ['X-A', 'a'])
    const { send } = await open((app) => {
      app.get('/', (ctx) => {
        ctx.setCookie('n', '1')
        ctx.setHeader('X-A', 'b')
        return ctx.query.has('status') ? ctx.reply(constant, 201) : constant
      })
    })
    expect((await send('/?status')).status).toBe(201)
    const second = await send('/')
    expect([second.status, second.headers.getSetCookie().length, second.headers.get('x-a')]).toEqual([200, 1, 'b'])
    expect(constant).toMatchObject({ status: 200, headers: ['X-A', 'a'] })
  })

  test.each([99, 199, 600, 200.5, Number.NaN])('%d is no status of a reply', async (status) => {
    const { send, lines } = await open((app) => app.get('/', (ctx) => ctx.text('x', status)))
    expect((await send('/')).status).toBe(500)
    expect(lines[0]?.fields.error).toMatchObject({ code: 'MICRO_STATUS_INVALID' })
  })

  test.each<readonly [status: unknown, inWords: string]>([
    [200.5, '200.5'],
    ['201', "The text '201'"],
    [201n, 'The bigint 201'],
    [true, 'The boolean true'],
    [null, 'null'],
    [{}, 'An object'],
  ])('a status %s is told as what it is', async (status, inWords) => {
    const { send, lines } = await open((app) => app.get('/', (ctx) => ctx.json([], status as number)))
    expect((await send('/')).status).toBe(500)
    expect(errorsOf(lines)[0]).toContain(`${inWords} is no status of a reply.`)
  })

  test('a native Response: cookies each by itself, headers of its connection not', async () => {
    const headers = new Headers({ 'Transfer-Encoding': 'chunked', Connection: 'keep-alive, X', 'X-Own': 'yes' })
    headers.append('Set-Cookie', 'a=1')
    headers.append('Set-Cookie', 'b=2')
    const { send } = await open((app) => app.get('/', () => new Response('x', { headers })))
    const seen = await send('/')
    expect(seen.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect([seen.text, seen.headers.get('x-own')]).toEqual(['x', 'yes'])
    expect(seen.headers.get('connection') ?? '').not.toContain('X')
  })

  test('redirects: 302 after GET, 303 after POST, another on request; what may not stand in a header is encoded', async () => {
    const { send } = await open((app) => {
      app.get('/', (ctx) => ctx.redirect('/ü?a=b c'))
      app.post('/', (ctx) => ctx.redirect('/x'))
      app.get('/moved', (ctx) => ctx.redirect('https://example.org/', 301))
      app.get('/split', (ctx) => ctx.redirect('/x\r\nSet-Cookie: a=b'))
    })
    const outcome = async (path: string, method = 'GET') => {
      const { status, headers } = await send(path, { method })
      return [status, headers.get('location')]
    }
    expect(await outcome('/')).toEqual([302, '/%C3%BC?a=b%20c'])
    expect(await outcome('/', 'POST')).toEqual([303, '/x'])
    expect(await outcome('/moved')).toEqual([301, 'https://example.org/'])
    expect(await outcome('/split')).toEqual([500, null])
  })

  test('server-sent events in the form of WHATWG HTML section 9.2', async () => {
    const { send } = await open((app) =>
      app.get('/', (ctx) =>
        ctx.events(
          (async function* () {
            yield { data: 'two\nlines' }
            yield { data: { a: 1 }, event: 'x\ny', id: '5', retry: 1500.7 }
          })(),
        ),
      ),
    )
    const seen = await send('/')
    expect([seen.headers.get('content-type'), seen.headers.get('cache-control')]).toEqual(['text/event-stream', 'no-cache'])
    expect(seen.text).toBe('data: two\ndata: lines\n\nevent: x y\nid: 5\nretry: 1500\ndata: {"a":1}\n\n')
  })
})
