/** A bare Node server that writes replies, and a client that shows what went over the wire. */
import { once } from 'node:events'
import { readdirSync, readlinkSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isHttpError, type Reply } from '@micro/core'
import type { FileRequest } from '../src/files/files.ts'

/** What a client saw. */
export interface Seen {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface ReplyServer {
  /** Sends a request with its path as it is given, and reads the reply to its end. */
  ask(path: string, headers?: { readonly [name: string]: string }, method?: string): Promise<Seen>
  /** Sends a GET and gives the response as soon as its head is there. */
  open(path: string): Promise<IncomingMessage>
  /** Errors that bodies ended with. */
  readonly failures: readonly unknown[]
  close(): Promise<void>
}

/** Serves what `answer` says for a path without its first slash, percent-decoded once; null is 404, as an HttpError is its status. */
export async function replyServer(answer: (request: FileRequest, path: string) => Promise<Reply | null>): Promise<ReplyServer> {
  const failures: unknown[] = []
  const server = createServer((incoming, response) => {
    const path = decodeURIComponent((incoming.url ?? '').slice(1))
    const asked: FileRequest = {
      method: incoming.method ?? '',
      header: (name) => incoming.headers[name] as string | undefined,
    }
    answer(asked, path)
      .then((reply) => (reply === null ? void response.writeHead(404).end() : write(response, reply)))
      .catch((error: unknown) => {
        if (isHttpError(error) && !response.headersSent) {
          response.writeHead(error.status, { ...error.headers }).end()
        } else {
          failures.push(error)
          response.destroy()
        }
      })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const send = async (path: string, headers: { readonly [name: string]: string }, method: string): Promise<IncomingMessage> => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }).end()
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    return response
  }
  return {
    failures,
    async ask(path, headers = {}, method = 'GET') {
      const response = await send(path, headers, method)
      const body = Buffer.concat(await response.toArray())
      return { status: response.statusCode ?? 0, headers: response.headers, body }
    },
    open: (path) => send(path, {}, 'GET'),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** How often this process has a file open. */
export function timesOpen(path: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path
    } catch {
      return false
    }
  }).length
}

/** The writer adds the length of bytes; everything else is in the list. */
async function write(response: ServerResponse, { status, type, headers, body }: Reply): Promise<void> {
  const list = [...(headers ?? []), ...(type === null ? [] : ['Content-Type', type])]
  if (body === null || body instanceof Uint8Array) {
    response.writeHead(status, body === null ? list : [...list, 'Content-Length', String(body.length)])
    response.end(body ?? undefined)
    return
  }
  response.writeHead(status, list)
  await pipeline(Readable.from(body as AsyncIterable<Uint8Array>), response)
}
