/** A client that speaks HTTP/1.1 on a bare socket, and so can stop, stall and cut where no proper client would. */
import { connect, type Socket } from 'node:net'

/** What came back before the connection ended. */
export interface RawReply {
  readonly status: number
  readonly headers: { readonly [name: string]: string | undefined }
  readonly body: string
  /** How the connection ended: by the server, or by an error such as ECONNRESET. */
  readonly end: 'closed' | string
  /** Bytes of the body that were handed to the kernel. */
  readonly sent: number
}

/** The head of a POST request. */
export function postHead(path: string, headers: { readonly [name: string]: string | number }): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${lines.join('')}\r\n`
}

/** Sends a head and the bytes of a body, then goes away at once. Settles when the socket is closed. */
export function cutAfter(port: number, head: string, body: Uint8Array, reset: boolean): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.on('close', () => resolve())
    socket.write(head)
    socket.write(body, () => {
      // The server has begun to read, most of the time.
      setTimeout(() => (reset ? socket.resetAndDestroy() : socket.destroy()), 2)
    })
  })
}

/** Sends a head and a body, chunk by chunk, and goes on sending while a reply comes. Settles when the connection is over. */
export async function sendOn(
  port: number,
  head: string,
  body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  stall = false,
): Promise<RawReply> {
  const socket = connect(port, '127.0.0.1')
  const received: Buffer[] = []
  let end = 'closed'
  let sent = 0
  socket.on('data', (chunk) => received.push(chunk))
  const closed = new Promise<void>((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => {
      end = error.code ?? error.message
    })
    socket.on('close', () => resolve())
  })
  socket.write(head)
  for await (const chunk of body) {
    if (socket.destroyed || !(await written(socket, chunk))) {
      break
    }
    sent += chunk.length
  }
  if (!stall && !socket.destroyed) {
    socket.end()
  }
  await closed
  return { ...parse(Buffer.concat(received).toString()), end, sent }
}

function written(socket: Socket, chunk: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    const gone = (): void => resolve(false)
    socket.once('close', gone)
    socket.write(chunk, (error) => {
      socket.off('close', gone)
      resolve(error === undefined || error === null)
    })
  })
}

function parse(text: string): Pick<RawReply, 'status' | 'headers' | 'body'> {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()])
  return { status: Number(first.split(' ')[1] ?? 0), headers: Object.fromEntries(headers), body: rest.join('\r\n\r\n') }
}
