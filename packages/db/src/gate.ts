import { HttpError } from '@micro/core'

interface Waiter {
  readonly enter: () => void
  readonly refuse: (reason: unknown) => void
}

/** How many may wait; more are refused at once, so that a stuck database cannot collect requests without end. */
const MAX_WAITING = 1_000

/** Lets one in at a time, in the order they came. */
export class Gate {
  readonly #waiting: Set<Waiter> = new Set()
  #busy = false

  get busy(): boolean {
    return this.#busy
  }

  /** Takes the only place if it is free, and says whether it was. */
  take(): boolean {
    const free = !this.#busy
    this.#busy = true
    return free
  }

  /**
   * Takes the only place, waiting for it if need be. Who has entered calls `leave` once.
   * @throws HttpError 503 after `timeoutMs`, or at once where too many wait; the signal's reason if it aborts.
   */
  async enter(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (this.take()) {
      return
    }
    if (this.#waiting.size >= MAX_WAITING) {
      throw overloaded('Too many requests wait for the database.')
    }
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter = { enter: () => settle(resolve), refuse: (reason) => settle(() => reject(reason)) }
      const timer = setTimeout(() => waiter.refuse(overloaded(`The database was not free within ${timeoutMs} ms.`)), timeoutMs)
      const onAbort = () => waiter.refuse(signal?.reason)
      const settle = (done: () => void) => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
        this.#waiting.delete(waiter)
        done()
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiting.add(waiter)
    })
  }

  /** Lets the next one in. */
  leave(): void {
    const [next] = this.#waiting
    if (next === undefined) {
      this.#busy = false
    } else {
      next.enter()
    }
  }
}

/** What a request gets that the database cannot serve now. */
export function overloaded(message: string, cause?: unknown): HttpError {
  return new HttpError(503, message, { headers: { 'retry-after': '1' }, ...(cause === undefined ? {} : { cause }) })
}
