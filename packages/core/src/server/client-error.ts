/** Answers clients whose bytes are no request, and gives them time to read the answer. */
import type { Socket } from 'node:net'
import { reasonOf } from '../http/status.ts'

/** How long the rest of what such a client sends is let in: a connection that is closed with bytes unread is reset, and the answer lost. */
const LINGER_MS = 1_000

const STATUSES: { readonly [code: string]: number } = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** Connections that were answered: their parser complains about every further part. */
const answered = new WeakSet<Socket>()

/** The handler of a server's `clientError`. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (answered.has(socket)) {
    return
  }
  answered.add(socket)
  // A response that has begun cannot be followed by another one; what it answers must end with its connection.
  const { _httpMessage: response } = socket as Socket & { readonly _httpMessage?: { readonly headersSent: boolean } | null }
  if (!socket.writable || error.code === 'ECONNRESET' || response?.headersSent === true) {
    socket.destroy()
    return
  }
  const status = STATUSES[error.code ?? ''] ?? 400
  socket.write(`HTTP/1.1 ${status} ${reasonOf(status)}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  if (response !== undefined && response !== null) {
    socket.destroySoon()
    return
  }
  socket.end()
  socket.removeAllListeners('data')
  socket.on('data', () => undefined)
  const timer = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.once('close', () => clearTimeout(timer))
  socket.once('end', () => socket.destroy())
}
