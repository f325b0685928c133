/**
 * Replies to requests whose body is not wanted. The client may still be sending, and a connection that is closed with bytes unread is
 * reset, which loses the reply (RFC 9112 section 9.6). So the reply is written, what comes is thrown away for a short time, and then
 * the connection ends.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'

/** How long, and how many bytes of, such a body is let in. */
const LINGER_MS = 2_000
const LINGER_BYTES = 64 * 1024 * 1024

/** Sends the body of a reply whose head is written, then ends the connection as soon as the client has finished, or is given up. */
export function linger(incoming: IncomingMessage, response: ServerResponse, body: string | Uint8Array | null): void {
  if (body === null) {
    response.flushHeaders()
  } else {
    response.write(body)
  }
  let bytes = 0
  const giveUp = (): void => {
    response.end(() => incoming.destroy())
  }
  const timer = setTimeout(giveUp, LINGER_MS)
  const settle = (): void => clearTimeout(timer)
  incoming.removeAllListeners('data')
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > LINGER_BYTES) {
      settle()
      giveUp()
    }
  })
  incoming.once('end', () => {
    settle()
    response.end()
  })
  incoming.once('error', settle)
  incoming.once('close', settle)
  incoming.resume()
}
