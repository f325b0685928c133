/** A connection that sends and reads bytes as they are. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface RawSocket {
  readonly socket: Socket
  /** Everything that has come so far. */
  readonly received: () => string
  /** Waits until what has come matches. */
  until(pattern: RegExp): Promise<string>
  /** Waits until the other side has closed, and gives all that came. Errors of the connection are ignored. */
  closed(): Promise<string>
}

/** Connects, and closes when the test is over. */
export async function rawSocket(port: number): Promise<RawSocket> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  let isClosed = false
  socket.setEncoding('latin1')
  socket.on('data', (chunk) => {
    text += String(chunk)
  })
  socket.on('error', () => undefined)
  const closing = new Promise<void>((resolve) =>
    socket.once('close', () => {
      isClosed = true
      resolve()
    }),
  )
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return {
    socket,
    received: () => text,
    async until(pattern) {
      while (!pattern.test(text)) {
        if (isClosed) {
          throw new Error(`closed after: ${text}`)
        }
        await Promise.race([new Promise((resolve) => socket.once('data', resolve)), closing])
      }
      return text
    },
    async closed() {
      await closing
      return text
    },
  }
}
