/** What an app does wrong is its request's failure, and never the end of the process. */
import { describe, expect, test } from 'vitest'
import { runModule } from './child.ts'

interface Wrong {
  readonly what: string
  /** Makes `app`, with a route for `/`. */
  readonly code: string
  readonly method?: string
  /** Status of the reply; 0 where the connection is cut. */
  readonly status: number
  /** What the log says of it. */
  readonly logged?: RegExp
}

const wrongs: readonly Wrong[] = [
  { what: 'a Node stream that cannot be opened', code: `app.get('/', () => createReadStream('/nowhere'))`, status: 0, logged: /ENOENT/ },
  { what: 'the same by HEAD', code: `app.get('/', () => createReadStream('/nowhere'))`, method: 'HEAD', status: 200 },
  {
    what: 'the same, with an after hook that waits',
    code: `app.get('/', (ctx) => { ctx.afterThisRequest(() => later(30)); return createReadStream('/nowhere') })`,
    status: 0,
    logged: /ENOENT/,
  },
  {
    what: 'a Node stream in a reply of its own, by HEAD',
    code: `app.get('/', () => new Reply(200, 'text/plain', createReadStream('/nowhere')))`,
    method: 'HEAD',
    status: 200,
  },
  {
    what: 'a native stream that is locked',
    code: `app.get('/', () => { const stream = new ReadableStream(); stream.getReader(); return stream })`,
    status: 500,
    logged: /locked/,
  },
  {
    what: 'an iterable that gives no iterator',
    code: `app.get('/', () => new (class { [Symbol.asyncIterator]() { throw new Error('no iterator') } })())`,
    status: 500,
    logged: /no iterator/,
  },
  {
    what: 'a (req, res) handler with a status that is none',
    code: `app.mount('/', fromNode((_, response) => void response.writeHead(600).end('x')))`,
    status: 500,
    logged: /MICRO_STATUS_INVALID/,
  },
  {
    what: 'a (req, res) handler that switches protocols',
    code: `app.mount('/', fromNode((_, response) => void response.writeHead(101, { Connection: 'Upgrade', Upgrade: 'x' }).end()))`,
    status: 500,
    logged: /MICRO_STATUS_INVALID/,
  },
  {
    what: 'one that says so, and does not',
    code: `app.mount('/', fromNode((_, response) => void response.writeHead(101).end()))`,
    status: 500,
    logged: /MICRO_STATUS_INVALID/,
  },
  {
    what: 'a class whose error page is nothing',
    code: `app = new (class extends Micro { makeErrorReply() {} })(import.meta, settings); app.get('/', () => { throw new Error('boom') })`,
    status: 500,
    logged: /MICRO_OWN_REPLY[\s\S]*makeErrorReply\(\)/,
  },
  {
    what: 'a class whose answer is nothing',
    code: `app = new (class extends Micro { answerRequest() {} })(import.meta, settings); app.get('/', () => 'x')`,
    status: 500,
    logged: /MICRO_OWN_REPLY[\s\S]*answerRequest\(\)/,
  },
  {
    what: 'a class whose reply is none',
    code: `app = new (class extends Micro { makeReply() { return 'text' } })(import.meta, settings); app.get('/', () => 'x')`,
    status: 500,
    logged: /MICRO_OWN_REPLY[\s\S]*makeReply\(\)/,
  },
  {
    what: 'a context that cannot be made',
    code: `app = new (class extends Micro {
      makeContextClass(Base) { return class extends Base { constructor(...given) { super(...given); if (this.path === '/') throw new Error('no context') } } }
    })(import.meta, settings)`,
    status: 500,
    logged: /no context/,
  },
  {
    what: 'an error that cannot be looked at',
    code: `app.get('/', () => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy })`,
    status: 500,
    logged: /revoked/,
  },
  {
    what: 'the same, later',
    code: `app.get('/', async () => { const { proxy, revoke } = Proxy.revocable({}, {}); await later(1); revoke(); throw proxy })`,
    status: 500,
    logged: /revoked/,
  },
]

describe('a process that serves', () => {
  test.each(wrongs)('goes on after $what', async ({ code, method = 'GET', status, logged }) => {
    const child = runModule(`
      import { createReadStream } from 'node:fs'
      import { Micro, Reply } from '@micro/core'
      import { fromNode, serve } from '@micro/core/node'
      const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
      const settings = { mode: 'test', env: {} }
      let app = new Micro(import.meta, settings)
      ${code}
      let open = 0
      app.beforeRequest((ctx) => { open++; ctx.onTeardown(() => void open--) })
      app.get('/fine', () => 'fine')
      const { url } = await serve(app, { port: 0, signals: false })
      const status = await fetch(url, { method: '${method}' }).then((response) => response.text().then(() => response.status)).catch(() => 0)
      await later(60)
      console.log(status, open, await (await fetch(url + '/fine')).text())
      await app.stop()
    `)
    await child.line(new RegExp(`^${status} 0 .`))
    expect((await child.ended()).code).toBe(0)
    if (logged === undefined) {
      expect(child.output.stderr).toBe('')
    } else {
      expect(child.output.stderr + child.output.stdout).toMatch(logged)
    }
  })
})
