import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { abort, Micro } from '@micro/core'
import { fromNode, serve, toNode } from '@micro/core/node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DOORS } from './both.ts'
import { runModule } from './child.ts'
import { microErrorOf } from './micro-error-of.ts'
import { rawSocket } from './raw-socket.ts'
import { directory } from './template-site.ts'

const make = (options = {}) => new Micro(import.meta, { mode: 'test', env: {}, config: { log: { level: 'silent' } }, ...options })

/** A server of somebody else's, closed when the test is over. */
async function listening(handler: (incoming: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('serve', () => {
  test('starts the app, listens where config.server or the options say, and stops it', async () => {
    const log: string[] = []
    const app = make({ config: { server: { port: 0, host: '127.0.0.1' } } })
    app.onStart(() => log.push('started')).onStop(() => log.push('stopped'))
    app.get('/', (ctx) => ctx.url.host)
    const running = await serve(app, { signals: false })
    expect(running.url).toBe(`http://127.0.0.1:${running.port}`)
    expect(await (await fetch(running.url)).text()).toBe(`127.0.0.1:${running.port}`)
    await running.stop()
    await running.stop()
    expect(log).toEqual(['started', 'stopped'])
    await expect(fetch(running.url)).rejects.toThrow()
  })

  test('on IPv6 and on a unix socket', async () => {
    const six = await serve(
      make().get('/', () => 'six'),
      { host: '::1', port: 0, signals: false },
    )
    expect(six.url).toBe(`http://[::1]:${six.port}`)
    expect(await (await fetch(six.url)).text()).toBe('six')
    await six.stop()
    const socket = `${directory({})}/app.sock`
    const unix = await serve(
      make().get('/', () => 'unix'),
      { socket, signals: false },
    )
    expect(unix.url).toBe(`unix:${socket}`)
    await unix.stop()
  })

  test('leaves no listener of its own on the process', async () => {
    const count = () => process.listenerCount('SIGTERM') + process.listenerCount('SIGINT')
    const before = count()
    const running = await serve(make(), { port: 0 })
    expect(count()).toBe(before + 2)
    await running.stop()
    expect(count()).toBe(before)
  })

  test('several requests on one connection, pipelined ones too, are answered in order', async () => {
    const app = make()
    app.get('/:ms<int>', async (ctx) => {
      await new Promise((resolve) => setTimeout(resolve, ctx.params.ms))
      return `<${ctx.params.ms}>`
    })
    const running = await serve(app, { port: 0, signals: false })
    const raw = await rawSocket(running.port)
    raw.socket.write([30, 0, 10].map((ms) => `GET /${ms} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''))
    const text = await raw.until(/<10>/)
    expect(text.match(/<\d+>/g)).toEqual(['<30>', '<0>', '<10>'])
    await running.stop()
  })

  test('behind proxies the URL is what the outermost trusted one says, otherwise its headers are ignored', async () => {
    const headers = { 'x-forwarded-proto': 'ftp, https', 'x-forwarded-host': 'evil.example, good.example', 'x-request-id': 'abc-1' }
    const urlOf = async (server: object) => {
      const app = make({ config: { server } })
      app.get('/p', (ctx) => ({ url: ctx.url.href, id: ctx.id }))
      const running = await serve(app, { port: 0, signals: false })
      const got = (await (await fetch(`${running.url}/p?q=1`, { headers })).json()) as { url: string; id: string }
      await running.stop()
      return { ...got, url: got.url.replace(`127.0.0.1:${running.port}`, 'own') }
    }
    expect(await urlOf({ trustedProxies: 1, forwardedHeaders: ['proto', 'host'], trustRequestId: true })).toEqual({
      url: 'https://good.example/p?q=1',
      id: 'abc-1',
    })
    expect((await urlOf({ trustedProxies: 2, forwardedHeaders: ['proto', 'host'] })).url).toBe('http://evil.example/p?q=1')
    const own = await urlOf({})
    expect(own.url).toBe('http://own/p?q=1')
    expect(own.id).toMatch(/^[\da-f]{8}-/)
  })
})

describe('toNode', () => {
  test('is a handler for a server of somebody else, which starts the app with the first request', async () => {
    const app = make()
    let starts = 0
    app.onStart(() => {
      starts++
    })
    app.get('/a', () => 'by the app')
    const handler = toNode(app)
    const url = await listening((incoming, response) => (incoming.url === '/own' ? void response.end('own') : handler(incoming, response)))
    const texts = await Promise.all(['/a', '/own', '/a'].map(async (path) => (await fetch(url + path)).text()))
    expect(texts).toEqual(['by the app', 'own', 'by the app'])
    expect(starts).toBe(1)
    await app.stop()
    expect((await fetch(`${url}/a`)).status).toBe(503)
  })

  test('the app sees the headers as what stands in front has left them', async () => {
    const app = make()
    app.get('/', (ctx) => [ctx.headers.get('x-user'), ctx.headers.get('x-gone'), ctx.headers.get('x-own')])
    const handler = toNode(app)
    const url = await listening((incoming, response) => {
      incoming.headers['x-user'] = 'ada'
      delete incoming.headers['x-gone']
      handler(incoming, response)
    })
    const answer = await fetch(url, { headers: { 'X-User': 'eve', 'X-Gone': '1', 'X-Own': 'kept' } })
    expect(await answer.json()).toEqual(['ada', null, 'kept'])
    await app.stop()
  })

  test('an app that does not start answers 503', async () => {
    const app = make()
    app.onStart(() => Promise.reject(new Error('no')))
    const url = await listening(toNode(app))
    expect((await fetch(url)).status).toBe(503)
    expect(await microErrorOf(() => app.start())).toMatchObject({ code: 'MICRO_START_FAILED' })
  })
})

/** What Express and its like are, as far as HTTP goes. */
const legacy = (incoming: IncomingMessage, response: ServerResponse): void => {
  if (incoming.url === '/stream') {
    response.writeHead(200, { 'X-Legacy': 'yes' })
    response.write('first ')
    setTimeout(() => response.end('second'), 10)
    return
  }
  incoming.toArray().then(
    (chunks: Buffer[]) => {
      response.setHeader('Set-Cookie', ['a=1', 'b=2'])
      response.statusCode = incoming.method === 'DELETE' ? 204 : 201
      response.end(`${incoming.method} ${incoming.url} ${incoming.headers.host} ${incoming.headers['x-a']} ${Buffer.concat(chunks)}`)
    },
    () => undefined,
  )
}

describe.each(DOORS)('mount through $name', ({ open }) => {
  test('hands what lies below a prefix to a fetch handler, without the prefix', async () => {
    const seen: string[] = []
    const { send } = await open((app) => {
      app.get('/own', () => 'own')
      app.mount('/api/', async (request) => {
        const { pathname, search } = new URL(request.url)
        seen.push(`${request.method} ${pathname}${search}`)
        return Response.json({ body: await request.text() }, { status: 202 })
      })
    })
    expect((await send('/api', { method: 'GET' })).status).toBe(202)
    await send('/api/')
    await send('/api/a/b%20c?q=1')
    await send('/%61pi/x')
    const posted = await send('/api/x', { method: 'POST', body: 'hello' })
    expect(posted.json).toEqual({ body: 'hello' })
    expect(seen).toEqual(['GET /', 'GET /', 'GET /a/b%20c?q=1', 'GET /x', 'POST /x'])
    expect((await send('/own')).text).toBe('own')
    expect((await send('/apix')).status).toBe(404)
  })

  test('at the root it takes what no route answers', async () => {
    const { send } = await open((app) => {
      app.get('/own', () => 'own')
      app.mount('/', (request) => new Response(new URL(request.url).pathname))
    })
    expect([(await send('/own')).text, (await send('/')).text, (await send('/x/y')).text]).toEqual(['own', '/', '/x/y'])
  })

  test('an error of what is mounted takes the error path', async () => {
    const { send } = await open((app) => app.mount('/m', () => abort(418, 'tea')))
    expect((await send('/m')).status).toBe(418)
  })

  test('fromNode makes a fetch handler of a (req, res) handler', async () => {
    const { send } = await open((app) => app.mount('/legacy', fromNode(legacy)))
    const posted = await send('/legacy/a?q=1', { method: 'POST', headers: { 'x-a': 'b', host: 'example.org' }, body: 'body' })
    expect([posted.status, posted.headers.getSetCookie()]).toEqual([201, ['a=1', 'b=2']])
    expect(posted.text).toMatch(/^POST \/a\?q=1 (example\.org|localhost) b body$/)
    const streamed = await send('/legacy/stream')
    expect([streamed.text, streamed.headers.get('x-legacy')]).toEqual(['first second', 'yes'])
    const gone = await send('/legacy/x', { method: 'DELETE' })
    expect([gone.status, gone.text]).toEqual([204, ''])
    expect((await send('/legacy/x', { method: 'HEAD' })).status).toBe(201)
  })
})

test('fromNode leaves nothing open, and nothing unhandled where a client goes away', async () => {
  const child = runModule(`
    import { micro } from '@micro/core'
    import { fromNode, serve } from '@micro/core/node'
    import { request } from 'node:http'
    const app = micro(import.meta, { mode: 'test', env: {} })
    app.mount('/m', fromNode((incoming, response) => { incoming.resume().on('end', () => response.end('done')); incoming.on('error', () => {}) }))
    const server = await serve(app, { port: 0 })
    console.log(await (await fetch(server.url + '/m/x', { method: 'POST', body: 'x' })).text())
    const cut = request(server.url + '/m/x', { method: 'POST', headers: { 'content-length': 500 } }).on('error', () => {})
    cut.write('x')
    await new Promise((resolve) => setTimeout(resolve, 100))
    cut.destroy()
    await new Promise((resolve) => setTimeout(resolve, 100))
    await app.stop()
    console.log('stopped')
  `)
  await child.line(/stopped/)
  const { code, afterMs } = await child.ended()
  expect([code, child.output.stdout, child.output.stderr]).toEqual([0, 'done\nstopped\n', ''])
  expect(afterMs).toBeLessThan(1000)
})
