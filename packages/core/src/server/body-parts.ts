import type { RequestHandler } from '../app/app-requests.ts'
import { coreError } from '../errors/core-errors.ts'
import { bodyChunk, partsOf } from '../http/reply.ts'
import type { RequestContext } from '../request/request-context.ts'

/** How long a body has to end once nobody takes it any more. A generator that waits for something ends only when that has come. */
const GRACE_MS = 1_000

const ENCODER: TextEncoder = new TextEncoder()

/** A part of a body, or null after the last. */
type Part = string | Uint8Array | null

/**
 * A streamed body on its way out, whichever door it leaves by. Where its length is announced, it is held to it: what is too much would be
 * taken for the next reply of the connection, and what is missing out of it.
 */
export class BodyParts {
  readonly #app: RequestHandler
  readonly #ctx: RequestContext
  readonly #iterator: AsyncIterator<unknown>
  readonly #length: string | undefined
  #bytes = 0
  #ahead: Part | undefined

  /** `length` is the reply's `Content-Length`. @throws what a body throws that cannot be read, such as a native stream that is locked. */
  constructor(app: RequestHandler, ctx: RequestContext, body: AsyncIterable<unknown>, length: string | undefined) {
    this.#app = app
    this.#ctx = ctx
    this.#iterator = partsOf(body)
    this.#length = length
  }

  /** Whether the head says how long it is. */
  get isMeasured(): boolean {
    return this.#length !== undefined
  }

  /**
   * Waits for the first part where the length is announced: such a body has an end, and if it fails at once, nothing has been sent yet. The
   * head of any other, such as one of events, does not wait. @throws as `next`.
   */
  async begin(): Promise<void> {
    if (this.isMeasured) {
      this.#ahead = await this.next()
    }
  }

  /** The next part. @throws what the body throws; MicroError `MICRO_BODY_CHUNK`, `MICRO_BODY_LENGTH`. */
  async next(): Promise<Part> {
    const ahead = this.#ahead
    if (ahead !== undefined) {
      this.#ahead = undefined
      return ahead
    }
    const { done, value } = await this.#app.within(this.#ctx, () => this.#iterator.next())
    const part = done === true ? null : bodyChunk(value)
    if (this.#length !== undefined) {
      this.#measure(part, this.#length)
    }
    return part
  }

  /**
   * Ends it, wherever it is. That does not fail, and takes no longer than the grace: what waits for the end must run. A body that has
   * failed may say so again, which is not worth a second line.
   */
  async end(failure?: unknown): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const ending = this.#end(failure).finally(() => clearTimeout(timer))
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        const { method, path, id } = this.#ctx
        const what = `The body of ${method} ${path} goes on though nobody takes it: let what it waits for end with ctx.signal`
        this.#app.log.warn(what, { requestId: id })
        resolve()
      }, GRACE_MS)
    })
    await Promise.race([ending, late])
  }

  #measure(part: Part, length: string): void {
    this.#bytes += part === null ? 0 : typeof part === 'string' ? ENCODER.encode(part).length : part.length
    const announced = Number(length)
    // A length that is no number holds for nothing.
    if (part === null ? this.#bytes !== announced : !(this.#bytes <= announced)) {
      throw coreError('MICRO_BODY_LENGTH', { length, bytes: part === null ? this.#bytes : `${this.#bytes} or more` })
    }
  }

  async #end(failure: unknown): Promise<void> {
    try {
      await this.#app.within(this.#ctx, () => this.#iterator.return?.())
    } catch (error) {
      if (error !== failure) {
        const { method, path, id } = this.#ctx
        this.#app.log.error(`The body of ${method} ${path} failed while it was ended`, { requestId: id, error })
      }
    }
  }
}
