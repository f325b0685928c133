import { abort, defineExtension, type Micro, type MicroOptions, option, options } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { DOORS } from './both.ts'
import { runModule } from './child.ts'

const HTML = { accept: 'text/html', host: 'localhost' }
const JSON_ = { accept: 'application/json', host: 'localhost' }

/** In development; `app.fetch` knows no address of a client, so it is told that anyone may look. */
const development = (audience: string): MicroOptions => ({
  mode: 'development',
  env: { MICRO_SECRET_KEY: 'k'.repeat(40), MICRO_SERVER__DEBUG_PAGE: audience },
})

const mail = defineExtension({
  name: 'mail',
  version: '1.0.0',
  core: '^1.0.0',
  config: options({ url: option.string({ secret: true, default: 'smtp://me:p%40ssw0rd@mail' }) }),
  initApp(app) {
    app.beforeRequest((ctx) => {
      if (ctx.path === '/mail') {
        throw new Error('no answer from smtp://me:p%40ssw0rd@mail for p@ssw0rd')
      }
    })
    return {}
  },
})

function failing(app: Micro): void {
  app.use(mail)
  app.get('/fail', () => {
    throw new TypeError('the <reason>', { cause: new RangeError('behind it') })
  })
  app.get('/several', () => {
    throw new AggregateError([new Error('the first'), new Error('the second')], 'both')
  })
  app.get('/odd', () => {
    throw { password: 'hunter22', size: 1 }
  })
  app.get('/busy', () => abort(503, 'Later.', { headers: { 'Retry-After': '5' }, problem: { queue: 3 } }))
  app.get('/mail', () => 'never')
  app.get('/template', (ctx) => ctx.render({ text: '<p>\n<%= gone.title %>' }))
  app.get('/nothing', (() => undefined) as never)
}

describe.each(DOORS)('debugReply through $name', ({ name, open }) => {
  const opened = () => open(failing, development(name === 'fetch' ? 'anyone' : 'local'))

  test('shows the source of the line that threw, causes, request and configuration, and escapes all of it', async () => {
    const { status, headers, text } = await (await opened()).send('/fail?a=1', { headers: HTML })
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([500, 'text/html; charset=utf-8', 'no-store'])
    expect(text).toContain('<h1><small>TypeError</small>the &lt;reason&gt;</h1>')
    expect(text).toMatch(/<mark><i>\d+<\/i> {4}throw new TypeError\(&#39;the &lt;reason&gt;&#39;/)
    expect(text).toContain('<small>Caused by</small>RangeError: behind it')
    expect(text).toContain('<th scope="row">a<td>1')
    expect(text).toContain('<th scope="row">server.debugPage<td>')
    expect(text).not.toContain('<script')
  })

  test('runs no script and is framed nowhere', async () => {
    const { headers } = await (await opened()).send('/fail', { headers: HTML })
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
  })

  test('tells a program as much, as a problem document', async () => {
    const { send } = await opened()
    expect((await send('/fail', { headers: JSON_ })).json).toMatchObject({
      title: 'Internal Server Error',
      status: 500,
      detail: 'the <reason>',
      error: {
        name: 'TypeError',
        stack: expect.arrayContaining([expect.stringMatching(/debug-reply\.test\.ts:\d+:\d+$/)]),
        source: expect.arrayContaining([expect.stringContaining("throw new TypeError('the <reason>'")]),
        cause: { name: 'RangeError', message: 'behind it' },
      },
    })
    expect((await send('/several', { headers: JSON_ })).json).toMatchObject({
      error: { name: 'AggregateError', errors: [{ message: 'the first' }, { message: 'the second' }] },
    })
  })

  test('keeps the status, headers and members of an error for clients', async () => {
    const { status, headers, json } = await (await opened()).send('/busy', { headers: JSON_ })
    expect([status, headers.get('retry-after')]).toEqual([503, '5'])
    expect(json).toMatchObject({ detail: 'Later.', queue: 3 })
  })

  test('names the extension at fault, and masks secrets: values of configuration, credentials, cookies', async () => {
    // Put together: the page shows the source of this test.
    const secret = ['abc', '123'].join('')
    const headers = { ...HTML, authorization: `Bearer ${secret}`, 'x-api-key': secret, cookie: `sid=${secret}` }
    const { text } = await (await opened()).send(`/mail?access_token=${secret}`, { headers })
    expect(text).toContain('<span>in extension &#39;mail&#39;</span>')
    expect(text).toContain('no answer from ••• for •••')
    expect(text).toContain('<th scope="row">sid<td>•••')
    expect(text).not.toMatch(new RegExp(`${secret}|p.{1,3}ssw0rd`))
  })

  test('masks secrets in the queries of URLs, wherever these stand', async () => {
    const secret = ['abc', '123'].join('')
    const headers = {
      ...HTML,
      referer: `http://localhost/login?a=1&token=${secret}`,
      'hx-current-url': `http://localhost/x?b=2&%74oken=${secret}`,
      'x-original-url': `/y?%zz=3&c=3#access_token=${secret}`,
    }
    const { text } = await (await opened()).send(`/fail?next=${encodeURIComponent(`/z?password=${secret}`)}`, { headers })
    expect(text).not.toContain(secret)
    expect(text).toContain('<th scope="row">referer<td>http://localhost/login?a=1&amp;token=•••')
    expect(text).toContain('http://localhost/x?b=2&amp;%74oken=•••')
    expect(text).toContain('/y?%zz=3&amp;c=3#access_token=•••')
    expect(text).toContain('<th scope="row">next<td>/z?password=•••')
  })

  test('what was thrown and is no error is shown too', async () => {
    const { text } = await (await opened()).send('/odd', { headers: HTML })
    expect(text).toContain('<h1><small>Thrown</small>{&quot;password&quot;:&quot;•••&quot;,&quot;size&quot;:1}</h1>')
  })

  test("an error of core's own stands with its code, what to do, and where the route is declared", async () => {
    const { text } = await (await opened()).send('/nothing', { headers: HTML })
    expect(text).toContain('<span>MICRO_HANDLER_RESULT</span>')
    expect(text).toContain('<p class="fix">Return a string, an object, bytes, a stream or a Response;')
    expect(text).toMatch(/<mark><i>\d+<\/i> {2}app\.get\(&#39;\/nothing&#39;/)
  })

  test("functions of core are named, by core's own folder", async () => {
    const { json } = await (await opened()).send('/nothing', { headers: JSON_ })
    expect(json).toMatchObject({
      error: { stack: expect.arrayContaining([expect.stringMatching(/^dispatch @micro\/core\/app\/dispatch\.ts:\d+:\d+$/)]) },
    })
  })

  test('the source of a template that failed stands line by line', async () => {
    const { text } = await (await opened()).send('/template', { headers: HTML })
    expect(text).toContain('<pre class="fix">See the source around that line:\ninline.html:2\n')
    expect(text).toContain('<mark><i>2</i>&lt;%= gone.title %&gt;')
  })

  test('a template that failed is where to look first, and not the route', async () => {
    const { json } = await (await opened()).send('/template', { headers: JSON_ })
    const { error } = json as { readonly error: { readonly stack: readonly string[]; readonly source: readonly string[] } }
    expect(error.stack[0]).toBe('the template inline.html:2:0')
    expect(error.source).toEqual(['<p>', '<%= gone.title %>'])
    expect(error.stack.join()).not.toContain('where the route is declared')
  })

  test('a stack that is cut says nothing of the route', async () => {
    const { send } = await open(
      (app) => {
        app.get('/cut', () => {
          const nothing = {
            name: 'PluginError',
            stack: ['Error: cut', ...new Array(Error.stackTraceLimit).fill('    at x (node:fs:1:1)')].join('\n'),
          }
          throw Object.assign(new Error('cut'), nothing)
        })
      },
      development(name === 'fetch' ? 'anyone' : 'local'),
    )
    expect((await send('/cut', { headers: JSON_ })).text).not.toContain('where the route is declared')
  })

  test.each(['production', 'test'] as const)('is never given in mode %s', async (mode) => {
    const { send } = await open(failing, { ...development('anyone'), mode })
    for (const accept of ['text/html', 'application/json']) {
      const { status, text } = await send('/fail', { headers: { accept, host: 'localhost' } })
      expect([status, text.includes('reason'), text.includes('behind')]).toEqual([500, false, false])
    }
  })

  test.each([
    ['evil.example', { host: 'evil.example' }],
    ['a proxied client', { host: 'localhost', 'x-forwarded-for': '203.0.113.9' }],
    ['a script of another site', { host: 'localhost', 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'empty' }],
  ])('%s gets the plain page', async (_, headers) => {
    const { send } = await open(failing, development('local'))
    const page = await send('/fail', { headers: { ...headers, accept: 'text/html' } })
    expect(page.text).toContain('<h1>Internal Server Error</h1>')
    expect(page.text).not.toContain('reason')
    expect((await send('/fail', { headers })).json).toEqual({ type: 'about:blank', title: 'Internal Server Error', status: 500 })
  })

  test('off, it is given to nobody', async () => {
    const { send } = await open(failing, development('off'))
    expect((await send('/fail', { headers: JSON_ })).json).toEqual({ type: 'about:blank', title: 'Internal Server Error', status: 500 })
  })
})

describe('the code of the debug page', () => {
  test.each([
    ['production', []],
    ['development', ['debug-access', 'debug-frames', 'debug-page', 'debug-reply', 'debug-report', 'debug-style']],
  ] as const)('in %s an app that fails loads what it shows of it', async (mode, loaded) => {
    const { line } = runModule(
      `import { registerHooks } from 'node:module'
      const loaded = []
      registerHooks({ load: (url, context, next) => (loaded.push(/debug-[a-z]+(?=\\.ts)/.exec(url)?.[0]), next(url, context)) })
      const { micro } = await import('@micro/core')
      const app = micro(import.meta, { mode: '${mode}', root: '/nowhere', logSink: () => {} })
      app.get('/', () => { throw new Error('x') })
      await app.fetch(new Request('http://localhost/'))
      console.log(JSON.stringify(loaded.filter(Boolean).sort()))`,
      { env: { MICRO_SECRET_KEY: 'k'.repeat(40) } },
    )
    expect(JSON.parse((await line(/\[.*\]/))[0])).toEqual(loaded)
  })
})
