import { HttpError } from '@micro/core'

/** Lets a few jobs run at a time and some wait; those beyond are refused, so that a rush of sign-ins cannot fill the memory. */
export class WorkQueue {
  readonly #concurrency: number
  readonly #limit: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  /** `concurrency` jobs run at a time, `limit` more may wait. */
  constructor(concurrency: number, limit: number) {
    this.#concurrency = concurrency
    this.#limit = limit
  }

  /** Runs a job when its turn comes. @throws HttpError 503 with `Retry-After` if too many wait. */
  async run<T>(job: () => Promise<T>): Promise<T> {
    if (this.#running < this.#concurrency) {
      this.#running += 1
    } else if (this.#waiting.length < this.#limit) {
      // The place is handed over by the job that ends, so `#running` stays as it is.
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else {
      throw new HttpError(503, 'Too many people are signing in at the moment. Try again in a moment.', { headers: { 'Retry-After': '1' } })
    }
    try {
      return await job()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) {
        this.#running -= 1
      } else {
        next()
      }
    }
  }
}
