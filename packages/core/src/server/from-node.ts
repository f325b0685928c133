/** A `(req, res)` handler, such as an Express app, as a fetch handler: for `app.mount`. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FetchHandler } from '../app/mount.ts'
import { coreError } from '../errors/core-errors.ts'
import { isThenable } from '../hooks/thenable.ts'
import { isOfConnection } from '../http/header.ts'
import { checkStatus } from '../http/status.ts'

/** Where a request came from, as far as the app around it knows. */
interface Origin {
  readonly requestSource?: { readonly remoteAddress?: string | undefined }
}

/**
 * The fetch handler of a `(req, res)` handler. A server that listens nowhere speaks HTTP to it through memory, so that it sees real
 * Node requests and responses, with everything they can do. Nothing is opened. What it throws, or rejects with, is thrown.
 */
export function fromNode(handler: (incoming: IncomingMessage, response: ServerResponse) => unknown): FetchHandler<unknown> {
  let server: Server | undefined
  return (request, ctx) => {
    server ??= process.getBuiltinModule('node:http').createServer((incoming, response) => {
      const { fail } = incoming.socket as unknown as MemorySocket
      try {
        const result = handler(incoming, response)
        if (isThenable(result)) {
          result.then(undefined, fail)
        }
      } catch (error) {
        fail(error)
      }
    })
    return forward(server, request, ctx as Origin | undefined)
  }
}

/** The handler's end of a connection. */
interface MemorySocket extends Duplex {
  /** Ends the request with the handler's error. */
  fail(error: unknown): void
}

function forward(server: Server, request: Request, origin: Origin | undefined): Promise<Response> {
  const { request: send } = process.getBuiltinModule('node:http')
  const { duplexPair, pipeline, Readable } = process.getBuiltinModule('node:stream')
  const url = new URL(request.url)
  const headers: { [name: string]: string } = { host: url.host }
  for (const [name, value] of request.headers) {
    // The connection in between is not the client's.
    if (!isOfConnection(name)) {
      headers[name] = value
    }
  }
  return new Promise((resolve, reject) => {
    let answer: IncomingMessage | undefined
    const outgoing = send({
      method: request.method,
      path: url.pathname + url.search,
      headers: { ...headers, connection: 'close' },
      signal: request.signal,
      createConnection: () => {
        const [ours, theirs] = duplexPair()
        // What handlers ask a socket for.
        Object.assign(theirs, {
          remoteAddress: origin?.requestSource?.remoteAddress,
          encrypted: url.protocol === 'https:',
          fail(error: unknown) {
            reject(error)
            // Where its head has been sent, its body fails.
            answer?.destroy(error instanceof Error ? error : new Error(String(error)))
            ours.destroy()
          },
        })
        // Node 22 does not tell one end that the other is gone.
        ours.once('close', () => theirs.destroy())
        server.emit('connection', theirs)
        return ours as Duplex
      },
    })
    outgoing.once('error', reject)
    outgoing.once('response', (incoming: IncomingMessage) => {
      answer = incoming
      try {
        resolve(responseOf(incoming, request.method))
      } catch (error) {
        reject(error)
        outgoing.destroy()
      }
    })
    outgoing.once('upgrade', ({ statusCode }: IncomingMessage, socket: Duplex) => {
      reject(coreError('MICRO_STATUS_INVALID', { status: statusCode }))
      socket.destroy()
    })
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
    if (!isOfConnection(name.toLowerCase())) {
      headers.append(name, incoming.rawHeaders[index + 1] as string)
    }
  }
  const status = checkStatus(incoming.statusCode ?? 500)
  if (method === 'HEAD' || status === 204 || status === 205 || status === 304) {
    incoming.resume()
    return new Response(null, { status, headers })
  }
  return new Response(Readable.toWeb(incoming) as unknown as ReadableStream<Uint8Array>, { status, headers })
}
