/**
 * Finds the end of an answer on a keep-alive connection that has one request under way (RFC 9112 section 6: framed by
 * Content-Length or by chunks).
 */
export class AnswerParser {
  readonly #status: string
  #head: Buffer | null = null
  #missing: number | null = null
  #chunks: Buffer | null = null

  /** @param status The only status that is accepted. */
  constructor(status: number) {
    this.#status = String(status)
  }

  /**
   * Takes the next bytes; true when they complete the answer.
   * @throws Error on another status, on an answer whose end cannot be told, or on bytes after it.
   */
  push(bytes: Buffer): boolean {
    if (this.#chunks !== null) {
      this.#chunks = Buffer.concat([this.#chunks, bytes])
      return this.#endOfChunks(this.#chunks)
    }
    if (this.#missing !== null) {
      return this.#endAfter(this.#missing - bytes.length)
    }
    const received = this.#head === null ? bytes : Buffer.concat([this.#head, bytes])
    const end = received.indexOf('\r\n\r\n')
    if (end < 0) {
      this.#head = received
      return false
    }
    this.#head = null
    const head = received.toString('latin1', 0, end)
    if (!head.startsWith(this.#status, 'HTTP/1.1 '.length)) {
      throw new Error(`the status line is '${head.slice(0, head.indexOf('\r\n'))}' where ${this.#status} is expected`)
    }
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
    if (length !== undefined) {
      return this.#endAfter(Number(length) - (received.length - end - 4))
    }
    if (!/\r\ntransfer-encoding: *chunked/i.test(head)) {
      throw new Error('the answer has neither a Content-Length nor chunks')
    }
    this.#chunks = received.subarray(end + 4)
    return this.#endOfChunks(this.#chunks)
  }

  #endAfter(missing: number): boolean {
    if (missing < 0) {
      throw new Error(`${-missing} bytes follow the answer's end`)
    }
    this.#missing = missing === 0 ? null : missing
    return missing === 0
  }

  #endOfChunks(bytes: Buffer): boolean {
    let at = 0
    while (true) {
      const line = bytes.indexOf('\r\n', at)
      const size = line < 0 ? Number.NaN : Number.parseInt(bytes.toString('latin1', at, line), 16)
      const next = line + 2 + size + 2
      if (Number.isNaN(size) || next > bytes.length) {
        return false
      }
      at = next
      if (size === 0) {
        this.#chunks = null
        return this.#endAfter(at - bytes.length)
      }
    }
  }
}
