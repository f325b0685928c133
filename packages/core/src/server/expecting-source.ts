/** A request whose client waits to be invited before it sends the body (RFC 9110 section 10.1.1). */
import { coreError } from '../errors/core-errors.ts'
import { NodeSource } from './node-source.ts'

/**
 * Invites the client when the body is first read, and not before: whoever is refused by route, hook or limit has sent nothing. The
 * connection ends with such a reply, since nobody can tell whether the body will come after all.
 */
export class ExpectingSource extends NodeSource {
  #isInvited = false

  protected override get mayBeSkipped(): boolean {
    return this.#isInvited && super.mayBeSkipped
  }

  override get body(): AsyncIterable<Uint8Array> | null {
    this.#invite()
    return super.body
  }

  override read<T>(maxBytes: number, make: (bytes: Uint8Array) => T): Promise<T> {
    this.#invite()
    return super.read(maxBytes, make)
  }

  override native(url: () => URL, used: (() => Error) | null): Request {
    this.#invite()
    return super.native(url, used)
  }

  /** @throws MicroError `MICRO_BODY_UNINVITED`. */
  #invite(): void {
    if (this.#isInvited) {
      return
    }
    this.#isInvited = true
    const { incoming, response } = this
    if (response.headersSent) {
      // Some clients are tired of waiting, and send it.
      if (!incoming.complete && incoming.readableLength === 0) {
        throw coreError('MICRO_BODY_UNINVITED', {})
      }
    } else if (response.socket === null) {
      // Behind the replies to earlier requests of the connection: in advance, it would come between head and body of this one's.
      response.once('socket', () => this.#writeContinue())
    } else {
      this.#writeContinue()
    }
  }

  #writeContinue(): void {
    if (!this.response.headersSent) {
      this.response.writeContinue()
    }
  }
}
