/**
 * Server-sent events (WHATWG HTML section 9.2): their form on the wire, and comments while there are none, so that proxies keep the
 * connection and a client that has gone away is noticed.
 */

/** One server-sent event. */
export interface ServerEvent {
  /** Text, or a value sent as JSON. */
  readonly data: unknown
  readonly event?: string
  /** Comes back as `Last-Event-ID` when the browser connects again. */
  readonly id?: string
  /** Milliseconds after which a browser that lost the connection comes back. */
  readonly retry?: number
}

/** Options of `ctx.events`. */
export interface EventOptions {
  /** Sends a comment after so many milliseconds without an event; 15,000 by default, 0 for never. */
  readonly heartbeatMs?: number
  /** Milliseconds after which a browser that lost the connection comes back; its own choice (some seconds) if absent. */
  readonly retryMs?: number
}

const HEARTBEAT = ': \n\n'
const HEARTBEAT_MS = 15_000

/** The wire form of events, one part for each. Ending it ends its source at once, also while an event is waited for. */
export function encodeEvents(
  source: AsyncIterable<ServerEvent>,
  { heartbeatMs = HEARTBEAT_MS, retryMs }: EventOptions = {},
): AsyncIterable<string> {
  return { [Symbol.asyncIterator]: () => new EventWriter(source[Symbol.asyncIterator](), heartbeatMs, retryMs) }
}

class EventWriter implements AsyncIterator<string> {
  readonly #source: AsyncIterator<ServerEvent>
  readonly #heartbeatMs: number
  #preamble: string | undefined
  #isAsked = false
  /** Gives what the source answered, or throws its error; null while it is waited for. */
  #answer: (() => IteratorResult<ServerEvent>) | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #wake: () => void = nothing

  constructor(source: AsyncIterator<ServerEvent>, heartbeatMs: number, retryMs: number | undefined) {
    this.#source = source
    this.#heartbeatMs = heartbeatMs
    this.#preamble = retryMs === undefined ? undefined : `retry: ${Math.trunc(retryMs)}\n\n`
  }

  async next(): Promise<IteratorResult<string>> {
    if (this.#preamble !== undefined) {
      const value = this.#preamble
      this.#preamble = undefined
      return { done: false, value }
    }
    this.#ask()
    if (this.#answer === null) {
      await this.#change()
    }
    if (this.#answer === null) {
      return { done: false, value: HEARTBEAT }
    }
    const answer = this.#answer
    this.#answer = null
    this.#isAsked = false
    const { done, value } = answer()
    return done === true ? { done, value: undefined } : { done: false, value: encodeEvent(value) }
  }

  async return(): Promise<IteratorResult<string>> {
    clearTimeout(this.#timer)
    this.#wake()
    await this.#source.return?.()
    return { done: true, value: undefined }
  }

  /** Asks the source, unless an answer is outstanding over several heartbeats. */
  #ask(): void {
    if (!this.#isAsked) {
      this.#isAsked = true
      new Promise<IteratorResult<ServerEvent>>((resolve) => resolve(this.#source.next())).then(
        (result) => this.#arrived(() => result),
        (error: unknown) =>
          this.#arrived(() => {
            throw error
          }),
      )
    }
  }

  #arrived(answer: () => IteratorResult<ServerEvent>): void {
    this.#answer = answer
    clearTimeout(this.#timer)
    this.#wake()
  }

  /** Waits for the answer, or until a heartbeat is due. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
      if (this.#heartbeatMs > 0) {
        this.#timer = setTimeout(resolve, this.#heartbeatMs)
      }
    })
  }
}

function nothing(): void {}

function encodeEvent({ data, event, id, retry }: ServerEvent): string {
  const text = typeof data === 'string' ? data : (JSON.stringify(data) ?? '')
  const lines = [
    ...(event === undefined ? [] : [`event: ${oneLine(event)}`]),
    ...(id === undefined ? [] : [`id: ${oneLine(id)}`]),
    ...(retry === undefined ? [] : [`retry: ${Math.trunc(retry)}`]),
    ...text.split(/\r\n|\r|\n/).map((line) => `data: ${line}`),
  ]
  return `${lines.join('\n')}\n\n`
}

function oneLine(text: string): string {
  return text.replace(/[\r\n\0]/g, ' ')
}
