/**
 * The side of `micro run` that stays: it listens, and hands each connection to the process that runs the app. Connections that come while
 * none does wait for it; while it cannot, they are shown why.
 */
import type { ChildProcess } from 'node:child_process'
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { isLocal } from '../debug/debug-access.ts'
import { debugPage } from '../debug/debug-page.ts'
import { type DebugReport, errorForPrograms } from '../debug/debug-report.ts'
import type { ListenPlace } from '../server/listen-at.ts'
import { NodeSource } from '../server/node-source.ts'
import type { ChildMessage, ParentMessage } from './dev-child.ts'

/** Reloads the page when the app has been started again, whatever came of it. */
const SCRIPT = `const news = new EventSource(location.href)
news.onmessage = () => location.reload()
news.onerror = () => news.readyState === 2 && setTimeout(() => location.reload(), 500)`

export class DevServer {
  /** Who sees why the app cannot run: `config.server.debugPage`. */
  readonly #audience: string
  readonly #pages = createHttpServer((incoming, response) => this.#show(incoming, response))
  /** Pages that wait for news. */
  readonly #readers: Set<ServerResponse> = new Set()
  #listener: Server | null = null
  #waiting: Socket[] = []
  /** Connections handed over, until they are taken: a process may end in between. */
  readonly #handed: Map<number, Socket> = new Map()
  #count = 0
  #state: ChildProcess | DebugReport | null = null

  constructor(audience: string) {
    this.#audience = audience
  }

  /** Listens there, instead of where it did. Resolves to the URL. */
  async listen(address: ListenPlace): Promise<string> {
    const listener = createServer({ pauseOnConnect: true }, (socket) => this.#take(socket))
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject)
      listener.listen(address, resolve)
    })
    this.#listener?.close()
    this.#listener = listener
    const bound = listener.address()
    if (typeof bound !== 'object' || bound === null) {
      return `unix:${bound}`
    }
    return `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`
  }

  /** Nothing runs: connections wait. */
  wait(): void {
    this.#state = null
  }

  /** The app runs there, or cannot run. */
  become(state: ChildProcess | DebugReport): void {
    this.#state = state
    if ('send' in state) {
      this.#serveBy(state)
    }
    for (const reader of this.#readers) {
      reader.end('data: changed\n\n')
    }
    const waiting = this.#waiting
    this.#waiting = []
    for (const socket of waiting) {
      this.#take(socket)
    }
  }

  close(): void {
    this.#listener?.close()
    for (const socket of [...this.#waiting, ...this.#handed.values()]) {
      socket.destroy()
    }
    this.#pages.closeAllConnections()
    for (const reader of this.#readers) {
      reader.destroy()
    }
  }

  #serveBy(child: ChildProcess): void {
    child.on('message', (message: ChildMessage) => {
      if (message.kind === 'taken') {
        // This process's copy of the connection; the other one stays open.
        this.#handed.get(message.connection)?.destroy()
        this.#handed.delete(message.connection)
      }
    })
    child.once('exit', () => {
      this.#waiting.push(...this.#handed.values())
      this.#handed.clear()
    })
  }

  #take(socket: Socket): void {
    const state = this.#state
    if (state !== null && 'error' in state) {
      this.#pages.emit('connection', socket)
      socket.resume()
    } else if (state?.connected === true) {
      const connection = this.#count++
      this.#handed.set(connection, socket)
      state.send({ connection } satisfies ParentMessage, socket, { keepOpen: true }, () => undefined)
    } else {
      socket.once('error', () => undefined)
      this.#waiting.push(socket)
    }
  }

  #show(incoming: IncomingMessage, response: ServerResponse): void {
    const report = this.#state !== null && 'error' in this.#state ? this.#state : null
    const mayRead = this.#audience === 'anyone' || (this.#audience === 'local' && isLocal(new NodeSource(incoming, response)))
    const { accept = '' } = incoming.headers
    if (report === null || !mayRead) {
      response.writeHead(503, { 'Content-Type': 'text/plain', 'Retry-After': '1', Connection: 'close' }).end('The app is not running.\n')
    } else if (accept.includes('text/event-stream')) {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', Connection: 'close' }).flushHeaders()
      this.#readers.add(response)
      response.once('close', () => this.#readers.delete(response))
    } else if (accept.includes('text/html')) {
      const nonce = crypto.randomUUID()
      response.writeHead(503, {
        'Content-Type': 'text/html; charset=utf-8',
        'Cache-Control': 'no-store',
        'Content-Security-Policy': `default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-${nonce}'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
        Connection: 'close',
      })
      response.end(debugPage(report, incoming.method === 'GET' ? `<script nonce="${nonce}">${SCRIPT}</script>\n` : ''))
    } else {
      const error = errorForPrograms(report.error)
      const problem = { type: 'about:blank', title: 'Service Unavailable', status: 503, detail: report.error.message, error }
      response.writeHead(503, { 'Content-Type': 'application/problem+json', Connection: 'close' }).end(JSON.stringify(problem))
    }
  }
}
