/**
 * Replies to requests whose body is not wanted. The client may still be sending, and a connection that is closed with bytes unread is
 * reset, which loses the reply (RFC 9112 section 9.6). So the reply is written, what comes is thrown away for a short time, and then
 * the connection ends.
 */
import type { NodeSource } from './node-source.ts'
import { stopReading } from './read-incoming.ts'

/** How long, and how many bytes of, such a body is let in. Who sends nothing for a while has got the reply, or waits to be invited. */
const LINGER_MS = 2_000
const SILENCE_MS = 500
const LINGER_BYTES = 64 * 1024 * 1024

/** Ends a response that has been written but for its end as soon as the client has finished, or is given up. */
export function linger(source: NodeSource): void {
  const { incoming, response } = source
  if (!source.isAlone) {
    // The end of this response is not that of its connection.
    response.end()
  }
  let bytes = 0
  const settle = (): void => {
    clearTimeout(patience)
    clearTimeout(silence)
  }
  const giveUp = (): void => {
    settle()
    response.end(() => source.hangUp())
  }
  const patience = setTimeout(giveUp, LINGER_MS)
  let silence = setTimeout(giveUp, SILENCE_MS)
  stopReading(incoming)
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    clearTimeout(silence)
    if (bytes > LINGER_BYTES) {
      giveUp()
    } else {
      silence = setTimeout(giveUp, SILENCE_MS)
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
