/**
 * Writes lines to a file descriptor without waiting for whoever reads them. `console.log` waits: a pipe whose reader has stopped stops
 * the process, and one whose reader has gone ends it.
 */

/** Most characters that wait. What comes beyond is left out, and counted. */
const MOST_WAITING = 4_000_000

/** How soon a full pipe is tried again. */
const RETRY_MS = 50

export class LogWriter {
  readonly #descriptor: number
  #waiting: string[] = []
  #length = 0
  #left = 0
  #isWriting = false
  #isWatched = false

  constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  write(line: string): void {
    const fs = globalThis.process?.getBuiltinModule?.('node:fs')
    if (fs === undefined) {
      console.log(line)
      return
    }
    if (this.#length > MOST_WAITING) {
      this.#left++
      return
    }
    this.#waiting.push(line)
    this.#length += line.length
    if (!this.#isWatched) {
      this.#isWatched = true
      process.on('exit', () => this.#flush())
    }
    if (!this.#isWriting) {
      this.#isWriting = true
      // Lines of one turn are written together.
      queueMicrotask(() => this.#next())
    }
  }

  #next(): void {
    if (this.#waiting.length === 0) {
      this.#isWriting = false
      return
    }
    const bytes = this.#take()
    const fs = process.getBuiltinModule('node:fs')
    const send = (from: number): void => {
      fs.write(this.#descriptor, bytes, from, (error, written) => {
        if (error?.code === 'EAGAIN') {
          setTimeout(send, RETRY_MS, from).unref()
        } else if (error !== null || from + written >= bytes.length) {
          // Where nobody reads any more, lines are thrown away.
          this.#next()
        } else {
          send(from + written)
        }
      })
    }
    send(0)
  }

  #take(): Buffer {
    if (this.#left > 0) {
      this.#waiting.push(
        JSON.stringify({
          time: new Date().toISOString(),
          level: 'warn',
          message: `${this.#left} log lines were left out: nothing reads them fast enough`,
        }),
      )
      this.#left = 0
    }
    const text = `${this.#waiting.join('\n')}\n`
    this.#waiting = []
    this.#length = 0
    return Buffer.from(text)
  }

  /** What waits when the process ends. */
  #flush(): void {
    if (this.#waiting.length > 0) {
      try {
        process.getBuiltinModule('node:fs').writeSync(this.#descriptor, this.#take())
      } catch {
        // Nobody reads it.
      }
    }
  }
}
