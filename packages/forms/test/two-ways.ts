/** Sends each request twice, through `app.fetch` and over a real socket, and holds the two answers against each other. */
import { once } from 'node:events'
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Micro } from '@micro/core'
import { serve } from '@micro/core/node'
import { expect } from 'vitest'

export interface Sent {
  readonly method?: string
  readonly headers?: { readonly [name: string]: string }
  readonly form?: string
  readonly json?: unknown
  readonly body?: string
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly json: () => never
}

export interface TwoWays {
  ask(path: string, sent?: Sent): Promise<Answer>
  close(): Promise<void>
}

export async function twoWays(app: Micro): Promise<TwoWays> {
  const server = await serve(app, { host: '127.0.0.1', port: 0, signals: false })
  return {
    async ask(path, sent = {}) {
      const body = sent.form ?? (sent.json === undefined ? sent.body : JSON.stringify(sent.json))
      const type = sent.form !== undefined ? 'application/x-www-form-urlencoded' : sent.json !== undefined ? 'application/json' : undefined
      const method = sent.method ?? (body === undefined ? 'GET' : 'POST')
      const headers = { ...(type === undefined ? {} : { 'content-type': type }), ...sent.headers }
      const socket = await overSocket(server.port, method, path, headers, body)
      const host = `http://127.0.0.1:${server.port}`
      const fetched = await app.fetch(
        new Request(host + path, {
          method,
          headers: { ...headers, host: `127.0.0.1:${server.port}` },
          body: body === undefined ? null : new TextEncoder().encode(body),
        }),
      )
      expect({
        way: 'fetch',
        status: fetched.status,
        body: await fetched.text(),
        vary: fetched.headers.get('vary'),
        type: fetched.headers.get('content-type'),
      }).toEqual({
        way: 'fetch',
        status: socket.status,
        body: method === 'HEAD' ? '' : socket.text,
        vary: socket.headers.vary ?? null,
        type: socket.headers['content-type'] ?? null,
      })
      return socket
    },
    close: () => server.stop(),
  }
}

async function overSocket(
  port: number,
  method: string,
  path: string,
  headers: { readonly [name: string]: string },
  body: string | undefined,
): Promise<Answer> {
  const sent = request({
    host: '127.0.0.1',
    port,
    method,
    path,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
    agent: false,
  })
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const read = await text(response)
  return { status: response.statusCode ?? 0, headers: response.headers, text: read, json: () => JSON.parse(read) as never }
}
