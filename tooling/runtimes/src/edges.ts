/** The ways into an app: `app.fetch`, its client, Node's server, and the server of the runtime this runs on. */
import { createServer, request } from 'node:http'
import type { Micro } from '@micro/core'
import { serve, toNode } from '@micro/core/node'
import type { CorpusRequest } from './corpus.ts'

/** What came back, as far as it does not depend on the moment. */
export interface Seen {
  readonly status: number
  readonly headers: readonly string[]
  /** The body as bytes in base64, where it is no text. */
  readonly body: string
}

/** A way into an app. */
export interface Edge {
  readonly name: string
  /** The server sets a Content-Length of its own where the app sets none. */
  readonly setsLength?: true
  open(app: Micro): Promise<{ send(sent: CorpusRequest): Promise<Seen>; close(): Promise<unknown> }>
}

const overFetch: Edge = {
  name: 'app.fetch',
  open: async (app) => ({
    send: async (sent) => seenIn(await app.fetch(requestFor('http://localhost', sent))),
    close: async () => undefined,
  }),
}

const overClient: Edge = {
  name: 'app.client()',
  open: async (app) => ({
    async send({ method, path, headers = {}, body }) {
      const options = { headers, redirects: false, ...(body === undefined ? {} : { body }) }
      return seenIn(await app.client().request(method, `http://localhost${path}`, options))
    },
    close: async () => undefined,
  }),
}

const overSocket: Edge = {
  name: 'serve()',
  async open(app) {
    const server = await serve(app, { port: 0, signals: false })
    return { send: (sent) => sendBySocket(server.port, sent), close: () => server.stop() }
  },
}

const overToNode: Edge = {
  name: 'toNode()',
  async open(app) {
    const server = createServer(toNode(app))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    return { send: (sent) => sendBySocket(port, sent), close: () => new Promise((resolve) => server.close(resolve)) }
  },
}

/** What Bun and Deno have of their own, as far as it is used here. */
interface Runtimes {
  readonly Bun?: { serve(options: object): { readonly port: number; stop(now: boolean): Promise<void> } }
  readonly Deno?: { serve(options: object, fetch: Micro['fetch']): { readonly addr: { readonly port: number }; shutdown(): Promise<void> } }
}

const { Bun, Deno } = globalThis as Runtimes

const overBun: Edge = {
  name: 'Bun.serve',
  setsLength: true,
  async open({ fetch }) {
    const server = Bun?.serve({ port: 0, hostname: '127.0.0.1', fetch })
    return { send: (sent) => sendBySocket(server?.port ?? 0, sent), close: async () => server?.stop(true) }
  },
}

const overDeno: Edge = {
  name: 'Deno.serve',
  setsLength: true,
  async open({ fetch }) {
    const server = Deno?.serve({ port: 0, hostname: '127.0.0.1', onListen: () => undefined }, fetch)
    return { send: (sent) => sendBySocket(server?.addr.port ?? 0, sent), close: async () => server?.shutdown() }
  },
}

/** The edges that this runtime has. The first is what the others are compared with. */
export const EDGES: readonly Edge[] = [
  overFetch,
  overClient,
  overSocket,
  overToNode,
  ...(Bun === undefined ? [] : [overBun]),
  ...(Deno === undefined ? [] : [overDeno]),
]

function requestFor(origin: string, { method, path, headers = {}, body }: CorpusRequest): Request {
  return new Request(`${origin}${path}`, { method, headers, ...(body === undefined ? {} : { body }) })
}

async function seenIn(response: Response): Promise<Seen> {
  return seen(response.status, [...response.headers], new Uint8Array(await response.arrayBuffer()))
}

function sendBySocket(port: number, { method, path, headers = {}, body }: CorpusRequest): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
    const sent = request(
      { host: '127.0.0.1', port, path, method, headers: { host: 'localhost', ...length, ...headers }, agent: false },
      (response) => {
        const { rawHeaders } = response
        const received = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : []))
        response.toArray().then((chunks: Uint8Array[]) => resolve(seen(response.statusCode ?? 0, received, Buffer.concat(chunks))), reject)
      },
    )
    sent.once('error', reject)
    sent.end(body)
  })
}

/** Headers that belong to one connection or one moment. */
const OF_THE_MOMENT: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'date'])

function seen(status: number, headers: readonly (readonly [string, string])[], body: Uint8Array): Seen {
  const lasting = headers
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !OF_THE_MOMENT.has(name))
    .map(([name, value]) => `${name}: ${name === 'set-cookie' ? value.replace(/^session=[^;]+/, 'session=…') : value}`)
  const text = new TextDecoder().decode(body)
  return { status, headers: lasting.sort(), body: text.includes('\uFFFD') ? Buffer.from(body).toString('base64') : text }
}
