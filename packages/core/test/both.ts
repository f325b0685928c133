/** The two ways into an app, behind one interface: `app.fetch`, and a real socket of a Node server. */
import { request } from 'node:http'
import { type LogLine, Micro, type MicroOptions } from '@micro/core'
import { serve } from '@micro/core/node'
import { onTestFinished } from 'vitest'

/** What is sent. */
export interface SentRequest {
  readonly method?: string
  readonly headers?: { readonly [name: string]: string }
  readonly body?: string | Uint8Array
}

/** What came back, whole. */
export interface Seen {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
  readonly text: string
  /** The body as JSON. */
  readonly json: unknown
}

/** An app that is ready to be asked, stopped when the test is over. */
export interface Opened {
  readonly app: Micro
  /** Everything that was logged. */
  readonly lines: readonly LogLine[]
  send(path: string, sent?: SentRequest): Promise<Seen>
}

/** One way in. */
export interface Door {
  readonly name: 'fetch' | 'node'
  /** Makes an app in mode `test`, without the process's environment, and opens it. */
  open(prepare: (app: Micro) => unknown, options?: MicroOptions): Promise<Opened>
}

/** Both ways in. */
export const DOORS: readonly Door[] = [
  {
    name: 'fetch',
    async open(prepare, options) {
      const { app, lines } = prepared(prepare, options)
      onTestFinished(() => app.stop())
      return { app, lines, send: (path, sent) => sendByFetch(app, path, sent) }
    },
  },
  {
    name: 'node',
    async open(prepare, options) {
      const { app, lines } = prepared(prepare, options)
      const { port, stop } = await serve(app, { port: 0, signals: false })
      onTestFinished(() => stop())
      return { app, lines, send: (path, sent) => sendBySocket(port, path, sent) }
    },
  },
]

/** The log lines that tell of an error, as messages. */
export function errorsOf(lines: readonly LogLine[]): string[] {
  return lines.filter(({ level }) => level === 'error').map(({ fields }) => String((fields.error as Error | undefined)?.message))
}

function prepared(prepare: (app: Micro) => unknown, options: MicroOptions = {}): { readonly app: Micro; readonly lines: LogLine[] } {
  const lines: LogLine[] = []
  const app = new Micro(import.meta, { mode: 'test', env: {}, logSink: (line) => lines.push(line), ...options })
  prepare(app)
  return { app, lines }
}

async function sendByFetch(app: Micro, path: string, { method = 'GET', headers = {}, body }: SentRequest = {}): Promise<Seen> {
  const init: RequestInit = { method, headers, ...(body === undefined ? {} : { body: body as BodyInit }) }
  const response = await app.fetch(new Request(`http://localhost${path}`, init))
  return seen(response.status, response.headers, Buffer.from(await response.arrayBuffer()))
}

function sendBySocket(port: number, path: string, { method = 'GET', headers = {}, body }: SentRequest = {}): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
    const sent = request({ host: '127.0.0.1', port, path, method, headers: { ...length, ...headers }, agent: false }, (response) => {
      const received = new Headers()
      for (let index = 0; index < response.rawHeaders.length; index += 2) {
        received.append(response.rawHeaders[index] as string, response.rawHeaders[index + 1] as string)
      }
      response.toArray().then((chunks) => resolve(seen(response.statusCode ?? 0, received, Buffer.concat(chunks))), reject)
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

function seen(status: number, headers: Headers, body: Buffer): Seen {
  return {
    status,
    headers,
    body,
    text: body.toString(),
    get json() {
      return JSON.parse(body.toString()) as unknown
    },
  }
}
