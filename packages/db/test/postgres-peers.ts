/** What stands between a test and PostgreSQL: a wire that can be cut, and a server that lets nobody in. */
import { connect, createServer, type Server, type Socket } from 'node:net'

abstract class Listener {
  port = 0
  #server: Server | undefined
  readonly #sockets: Set<Socket> = new Set()

  /** Listens, on the port of before if it has listened before. */
  async start(): Promise<void> {
    const server = createServer((socket) => {
      this.keep(socket)
      this.accept(socket)
    })
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve))
    const address = server.address()
    this.port = typeof address === 'object' && address !== null ? address.port : 0
    this.#server = server
  }

  /** Cuts every connection and refuses new ones. */
  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    for (const socket of this.#sockets) {
      socket.destroy()
    }
    await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())))
  }

  protected keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', () => undefined)
  }

  protected abstract accept(socket: Socket): void
}

/** Passes bytes on to a server. */
export class Wire extends Listener {
  readonly #target: URL

  constructor(target: URL) {
    super()
    this.#target = target
  }

  protected accept(socket: Socket): void {
    const onward = connect(Number(this.#target.port || 5432), this.#target.hostname)
    this.keep(onward)
    socket.pipe(onward).pipe(socket)
    socket.on('close', () => onward.destroy())
    onward.on('close', () => socket.destroy())
  }
}

/** Asks for a password and accepts none. Messages: https://www.postgresql.org/docs/current/protocol-message-formats.html */
export class LockedServer extends Listener {
  protected accept(socket: Socket): void {
    socket.once('data', () => {
      socket.write(message('R', Buffer.from([0, 0, 0, 3])))
      socket.once('data', () => {
        const fields = ['SFATAL', 'VFATAL', 'C28P01', 'Mpassword authentication failed for user "micro"', '']
        socket.end(message('E', Buffer.from(fields.map((field) => `${field}\0`).join(''))))
      })
    })
  }
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
