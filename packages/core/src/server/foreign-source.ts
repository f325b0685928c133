/** A request that somebody else's server hands on, of HTTP/1 or HTTP/2, with what was done to it on the way. */
import type { Http2ServerRequest, ServerHttp2Stream } from 'node:http2'
import type { Writable } from 'node:stream'
import { joined, NodeSource } from './node-source.ts'

/** Headers that what stands in front may have set besides ours, which would take their place. */
const JOINED = ['Vary', 'Set-Cookie'] as const

/** Error codes of HTTP/2 (RFC 9113 section 7). */
const NO_ERROR = 0
const INTERNAL_ERROR = 2

export class ForeignSource extends NodeSource {
  /** Servers such as Express say what they took off. */
  override get prefix(): string {
    const { baseUrl } = this.incoming as { readonly baseUrl?: unknown }
    return typeof baseUrl === 'string' ? baseUrl : ''
  }

  /** What stands in front may have changed the table of headers. HTTP/2 names the host beside them (RFC 9113 section 8.3.1). */
  override header(name: string): string | undefined {
    return joined(this.incoming, name) ?? (name === 'host' ? joined(this.incoming, ':authority') : undefined)
  }

  override get host(): string | undefined {
    return this.header('host')
  }

  /** HTTP/2 needs no header to say that there is a body. */
  override get hasBody(): boolean {
    return this.#stream === null ? super.hasBody : (this.#stream as { readonly endAfterHeaders?: boolean }).endAfterHeaders === false
  }

  /** The response of HTTP/2 does not say whether its client has gone. */
  override get outgoing(): Writable {
    return this.#stream ?? super.outgoing
  }

  /** A stream of HTTP/2 that is broken off is ended before it is closed. */
  override get isSent(): boolean {
    return this.#stream === null ? super.isSent : !this.#stream.aborted && this.#stream.rstCode === NO_ERROR
  }

  override get isAlone(): boolean {
    return this.#stream === null
  }

  override writeHead(status: number, list: string[]): void {
    // HTTP/2 has no headers of a connection (RFC 9113 section 8.2.2).
    const isSent = (name: string | undefined) => this.#stream === null || name?.toLowerCase() !== 'connection'
    const sent = list.filter((_, index) => isSent(list[index - (index % 2)]))
    for (const name of JOINED) {
      const value = this.response.getHeader(name)
      for (const line of value === undefined ? [] : [value].flat()) {
        sent.push(name, String(line))
      }
    }
    super.writeHead(status, sent)
  }

  override breakOff(): void {
    if (this.#stream === null) {
      super.breakOff()
    } else {
      this.#stream.close(INTERNAL_ERROR)
    }
  }

  override hangUp(): void {
    if (this.#stream === null) {
      super.hangUp()
    } else {
      this.#stream.close(NO_ERROR)
    }
  }

  /** What both of them stand for, in HTTP/2. */
  get #stream(): ServerHttp2Stream | null {
    return this.incoming.httpVersionMajor === 1 ? null : (this.incoming as unknown as Http2ServerRequest).stream
  }
}
