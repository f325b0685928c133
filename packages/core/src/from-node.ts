/** A `(req, res)` handler, such as an Express app, as a fetch handler: for `app.mount`. */
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type { Duplex } from 'node:stream'

/** Headers of a connection (RFC 9110 section 7.6.1): the one in between is not the client's. */
const OF_THE_CONNECTION = /^(?:connection|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/i

/**
 * The fetch handler of a `(req, res)` handler. A server that listens nowhere speaks HTTP to it through memory, so that it sees real
 * Node requests and responses, with everything they can do. Nothing is opened.
 */
export function fromNode(handler: RequestListener): (request: Request) => Promise<Response> {
  let server: Server | undefined
  return (request) => {
    server ??= process.getBuiltinModule('node:http').createServer(handler)
    return forward(server, request)
  }
}

function forward(server: Server, request: Request): Promise<Response> {
  const { request: send } = process.getBuiltinModule('node:http')
  const { duplexPair, pipeline, Readable } = process.getBuiltinModule('node:stream')
  const url = new URL(request.url)
  const headers: { [name: string]: string } = { host: url.host }
  for (const [name, value] of request.headers) {
    if (!OF_THE_CONNECTION.test(name)) {
      headers[name] = value
    }
  }
  return new Promise((resolve, reject) => {
    const outgoing = send({
      method: request.method,
      path: url.pathname + url.search,
      headers: { ...headers, connection: 'close' },
      signal: request.signal,
      createConnection: () => {
        const [ours, theirs] = duplexPair()
        server.emit('connection', theirs)
        return ours as Duplex
      },
    })
    outgoing.once('error', reject)
    outgoing.once('response', (incoming: IncomingMessage) => resolve(responseOf(incoming, request.method)))
    if (request.body === null) {
      outgoing.end()
    } else {
      // The request's own error is told by `error` above.
      pipeline(Readable.fromWeb(request.body as never), outgoing, () => undefined)
    }
  })
}

function responseOf(incoming: IncomingMessage, method: string): Response {
  const { Readable } = process.getBuiltinModule('node:stream')
  const headers = new Headers()
  for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
    const name = incoming.rawHeaders[index] as string
    if (!OF_THE_CONNECTION.test(name)) {
      headers.append(name, incoming.rawHeaders[index + 1] as string)
    }
  }
  const status = incoming.statusCode ?? 500
  if (method === 'HEAD' || status === 204 || status === 205 || status === 304) {
    incoming.resume()
    return new Response(null, { status, headers })
  }
  return new Response(Readable.toWeb(incoming) as unknown as ReadableStream<Uint8Array>, { status, headers })
}
