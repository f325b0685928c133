/** A `(req, res)` handler, such as an Express app, as a fetch handler: for `app.mount`. */
import type { IncomingMessage, RequestListener, Server } from 'node:http'

/**
 * The fetch handler of a `(req, res)` handler. It is served on a private unix socket, so that it sees real Node requests and
 * responses, with everything they can do.
 */
export function fromNode(handler: RequestListener): (request: Request) => Promise<Response> {
  let listening: Promise<{ server: Server; path: string }> | undefined
  return async (request) => {
    listening ??= listen(handler)
    const { path } = await listening
    return forward(path, request)
  }
}

async function listen(handler: RequestListener): Promise<{ server: Server; path: string }> {
  const { createServer } = process.getBuiltinModule('node:http')
  const { tmpdir } = process.getBuiltinModule('node:os')
  const { join } = process.getBuiltinModule('node:path')
  const path = process.platform === 'win32' ? `\\\\.\\pipe\\micro-${crypto.randomUUID()}` : join(tmpdir(), `micro-${crypto.randomUUID()}.sock`)
  const server = createServer(handler)
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
  // It serves this process alone, and must not keep it alive.
  server.unref()
  return { server, path }
}

function forward(socketPath: string, request: Request): Promise<Response> {
  const { request: send } = process.getBuiltinModule('node:http')
  const { Readable } = process.getBuiltinModule('node:stream')
  const url = new URL(request.url)
  return new Promise((resolve, reject) => {
    const outgoing = send({ socketPath, method: request.method, path: url.pathname + url.search, headers: { ...Object.fromEntries(request.headers), host: url.host }, signal: request.signal, agent: false })
    outgoing.once('error', reject)
    outgoing.once('response', (incoming: IncomingMessage) => {
      const headers = new Headers()
      for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
        const name = incoming.rawHeaders[index] as string
        if (!/^(connection|keep-alive|transfer-encoding)$/i.test(name)) {
          headers.append(name, incoming.rawHeaders[index + 1] as string)
        }
      }
      const status = incoming.statusCode ?? 500
      const empty = status === 204 || status === 304 || request.method === 'HEAD'
      if (empty) {
        incoming.resume()
      }
      resolve(new Response(empty ? null : (Readable.toWeb(incoming) as unknown as ReadableStream<Uint8Array>), { status, headers }))
    })
    if (request.body === null) {
      outgoing.end()
    } else {
      Readable.fromWeb(request.body as never).pipe(outgoing)
    }
  })
}
