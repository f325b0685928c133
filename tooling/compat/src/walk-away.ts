import { get } from 'node:http'
import { connect } from 'node:net'

/** A client that asks for a stream, reads its first bytes and goes away. */
export function walkAway(port: number, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`))
    socket.once('data', () => socket.destroy())
    socket.once('close', () => resolve())
    socket.once('error', reject)
    socket.setTimeout(5000, () => socket.destroy())
  })
}

/** A client that asks, reads the reply to its end and hangs up: no connection or timer of its own is left, as `fetch` leaves them. */
export function askOnce(port: number, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false }, (reply) =>
      reply.resume().once('close', resolve).once('error', reject),
    )
    request.once('error', reject)
  })
}
