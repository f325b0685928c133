/** Requests over HTTPS to a server on this machine, whose certificate nobody vouches for, under the name that it has elsewhere. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { type Agent, request } from 'node:https'

/** What is asked. */
export interface Visit {
  readonly method?: string
  readonly headers?: { readonly [name: string]: string }
  readonly body?: string
  readonly agent?: Agent
}

/** What came back. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** Asks, and reads to the end. */
export async function visit(port: number, path: string, options: Visit = {}): Promise<Answer> {
  const response = await open(port, path, options)
  const text = Buffer.concat((await response.toArray()) as Buffer[]).toString()
  return { status: response.statusCode ?? 0, headers: response.headers, text }
}

/** Asks, and leaves the reading to the caller. */
export function open(port: number, path: string, { method = 'GET', headers = {}, body, agent }: Visit = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1',
      port,
      path,
      method,
      headers: { host: 'guestbook.example', ...headers },
      ...(agent === undefined ? {} : { agent }),
      rejectUnauthorized: false,
      timeout: 15_000,
    })
    sent.once('response', resolve).once('error', reject)
    sent.once('timeout', () => sent.destroy(new Error(`no reply to ${method} ${path} within 15 s`)))
    sent.end(body)
  })
}

/** Headers of a form, and its text. */
export function form(values: { readonly [name: string]: string }, cookie?: string): Visit {
  const body = new URLSearchParams(values).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(Buffer.byteLength(body)) }
  return { method: 'POST', body, headers: cookie === undefined ? headers : { ...headers, cookie } }
}
