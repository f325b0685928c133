import { abort, blueprint, HttpError } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { DOORS, errorsOf } from './both.ts'

class Base extends Error {}
class Special extends Base {}

describe.each(DOORS)('errors through $name', ({ open }) => {
  test('abort answers with its status, message and headers, as a problem document (RFC 9457)', async () => {
    const { send, lines } = await open((app) =>
      app.get('/', () => abort(429, 'Too fast.', { headers: { 'Retry-After': '5' }, problem: { limit: 3 } })),
    )
    const seen = await send('/')
    expect([seen.status, seen.headers.get('retry-after'), seen.headers.get('content-type')]).toEqual([429, '5', 'application/problem+json'])
    expect(seen.json).toEqual({ type: 'about:blank', title: 'Too Many Requests', status: 429, detail: 'Too fast.', limit: 3 })
    expect(lines).toEqual([])
  })

  test('who prefers HTML gets a page, escaped; the reply varies by Accept', async () => {
    const { send } = await open((app) => app.get('/', () => abort(404, 'No <b>such</b> note.')))
    const page = await send('/', { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } })
    expect([page.status, page.headers.get('content-type'), page.headers.get('vary')]).toEqual([404, 'text/html; charset=utf-8', 'Accept'])
    expect(page.text).toContain('<h1>Not Found</h1>\n<p>No &lt;b&gt;such&lt;/b&gt; note.</p>')
    for (const accept of ['*/*', 'application/json', 'text/html;q=0.1,*/*', 'garbage;;,']) {
      expect((await send('/', { headers: { accept } })).headers.get('content-type')).toBe('application/problem+json')
    }
  })

  test('an error of the server tells nothing of its reason, and is logged with it', async () => {
    const { send, lines } = await open((app) => {
      app.get('/throw', () => {
        throw new Error('secret reason')
      })
      app.get('/reject', () => Promise.reject(new Error('secret reason')))
      app.get('/abort', () => abort(503, 'secret reason'))
      app.get('/odd', () => {
        throw 'secret reason'
      })
    })
    for (const [path, status] of [
      ['/throw', 500],
      ['/reject', 500],
      ['/abort', 503],
      ['/odd', 500],
    ] as const) {
      for (const accept of ['*/*', 'text/html']) {
        const seen = await send(path, { headers: { accept } })
        expect([path, seen.status, seen.text.includes('secret')]).toEqual([path, status, false])
      }
    }
    expect(lines).toHaveLength(8)
    expect(lines.every(({ level, fields }) => level === 'error' && typeof fields.requestId === 'string')).toBe(true)
  })

  test('in development it tells everything', async () => {
    const { send } = await open(
      (app) =>
        app.get('/', () => {
          throw new Error('the <reason>', { cause: new Error('behind it') })
        }),
      { mode: 'development', env: { MICRO_SECRET_KEY: 'k'.repeat(40) } },
    )
    const page = await send('/', { headers: { accept: 'text/html' } })
    expect(page.text).toContain('Error: the &lt;reason&gt;')
    expect(page.text).toContain('caused by: Error: behind it')
    expect(page.text).toContain('error-handler.test.ts')
    expect((await send('/')).json).toMatchObject({ error: { name: 'Error', message: 'the <reason>' } })
  })

  test('handlers by status and by class, the most specific first, from the inside out', async () => {
    const inner = blueprint('inner', import.meta, { prefix: '/in' })
    inner.get('/base', () => {
      throw new Base()
    })
    inner.get('/gone', () => abort(410))
    inner.onError(Base, () => 'inner base').onError(410, (error) => `inner ${(error as HttpError).status}`)
    const { send, lines } = await open((app) => {
      app.register(inner)
      app.get('/base', () => {
        throw new Base()
      })
      app.get('/special', () => {
        throw new Special()
      })
      app.get('/gone', () => abort(410))
      app.get('/teapot', () => abort(418))
      app.get('/other', () => {
        throw new Error('other')
      })
      app.onError(Base, () => 'base').onError(Special, async () => 'special')
      app.onError(404, (_, ctx) => ctx.json({ missing: ctx.path }, 404))
      app.onError(HttpError, (error) => `http ${error.status}`)
      app.onError(500, (error) => `five hundred ${(error as Error).message}`)
    })
    const expected: readonly (readonly [path: string, status: number, text: string])[] = [
      ['/base', 500, 'base'],
      ['/special', 500, 'special'],
      ['/in/base', 500, 'inner base'],
      ['/in/gone', 410, 'inner 410'],
      ['/gone', 410, 'http 410'],
      ['/teapot', 418, 'http 418'],
      ['/nowhere', 404, '{"missing":"/nowhere"}'],
      ['/other', 500, 'five hundred other'],
    ]
    for (const [path, status, text] of expected) {
      const seen = await send(path)
      expect([path, seen.status, seen.text]).toEqual([path, status, text])
    }
    // What has a handler for its class is expected; what only a handler for 500 takes is a bug.
    expect(errorsOf(lines)).toEqual(['other'])
  })

  test('an error handler that fails, or a header that is none, is a plain 500, both errors logged', async () => {
    const { send, lines } = await open((app) => {
      app.get('/handler', () => {
        throw new Base('first')
      })
      app.get('/header', () => abort(401, 'No.', { headers: { 'WWW-Authenticate': 'a\nb' } }))
      app.onError(Base, () => {
        throw new Error('second')
      })
    })
    expect((await send('/handler')).status).toBe(500)
    const header = await send('/header')
    expect([header.status, header.headers.has('www-authenticate')]).toEqual([500, false])
    expect(errorsOf(lines)[0]).toBe('second')
    expect(errorsOf(lines)[1]).toContain("The reply header 'WWW-Authenticate' holds a control character")
  })

  test('what describes a body that is not sent is taken back, other headers stay', async () => {
    const { send } = await open((app) =>
      app.get('/', (ctx) => {
        ctx.setHeader('Content-Type', 'image/png')
        ctx.setHeader('Content-Language', 'de')
        ctx.setHeader('X-Kept', 'yes')
        ctx.setCookie('kept', 'yes')
        return abort(400)
      }),
    )
    const { headers } = await send('/')
    expect([headers.get('content-type'), headers.get('content-language'), headers.get('x-kept')]).toEqual([
      'application/problem+json',
      null,
      'yes',
    ])
    expect(headers.getSetCookie()).toEqual([expect.stringMatching(/^kept=yes/)])
  })
})

describe('HttpError', () => {
  test('has the reason phrase as its message, and a status of an error', () => {
    expect(new HttpError(404).message).toBe('Not Found')
    expect([200, 99, 600, Number.NaN, 404.5].map((status) => new HttpError(status).status)).toEqual([500, 500, 500, 500, 500])
  })
})
