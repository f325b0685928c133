import { coreError } from '../errors/core-errors.ts'
import type { Session, StoredSession } from './session.ts'
import { lossOf } from './session-value.ts'

/** What the end of a request means for its session. */
export type SessionOutcome =
  | { readonly kind: 'untouched' }
  /** `ended` is a cookie whose session must not be accepted any more. */
  | { readonly kind: 'save'; readonly text: string; readonly previous: string | null; readonly ended: string | null }
  | { readonly kind: 'renew'; readonly cookie: string }
  | { readonly kind: 'end'; readonly cookie: string }

const EMPTY = '{}'
const PERMANENT = '_permanent'
const UNTOUCHED: SessionOutcome = { kind: 'untouched' }

type Data = { [key: string]: unknown }

/** The session of one request. Changes inside the values kept are noticed too: what would be saved is compared with what came. */
export class OpenSession implements Session {
  readonly isNew: boolean
  /** `saved` can no longer be changed; the changes of a `lost` one, whose request fails, nobody waits for. */
  state: 'open' | 'saved' | 'lost' = 'open'
  #data: Data
  readonly #before: string
  /** The cookie, where it was accepted. */
  readonly #cookie: string | null
  readonly #age: number
  readonly #permanentByDefault: boolean
  #isRegenerated = false

  constructor(cookie: string | null, stored: StoredSession | null, permanentByDefault: boolean) {
    const data = stored === null ? null : parse(stored.text)
    this.isNew = data === null
    this.#data = data ?? {}
    this.#before = data === null ? EMPTY : (stored?.text ?? EMPTY)
    this.#cookie = data === null ? null : cookie
    // A server whose clock is behind sees sessions of the future: just made, for it.
    this.#age = Math.max(stored?.age ?? 0, 0)
    this.#permanentByDefault = permanentByDefault
  }

  get<T = unknown>(key: string): T | undefined {
    return Object.hasOwn(this.#data, key) ? (this.#data[key] as T) : undefined
  }

  set(key: string, value: unknown): void {
    this.#assertOpen()
    refuseLoss(value, key)
    if (key === '__proto__') {
      Object.defineProperty(this.#data, key, { value, configurable: true, enumerable: true, writable: true })
    } else {
      this.#data[key] = value
    }
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#data, key)
  }

  delete(key: string): void {
    this.#assertOpen()
    delete this.#data[key]
  }

  clear(): void {
    this.#assertOpen()
    this.regenerate()
    this.#data = {}
  }

  keys(): string[] {
    return Object.keys(this.#data)
  }

  regenerate(): void {
    if (this.#cookie !== null) {
      this.#assertOpen()
      this.#isRegenerated = true
    }
  }

  get isPermanent(): boolean {
    return this.get<boolean>(PERMANENT) ?? this.#permanentByDefault
  }

  set isPermanent(isPermanent: boolean) {
    if (isPermanent === this.#permanentByDefault) {
      this.delete(PERMANENT)
    } else {
      this.set(PERMANENT, isPermanent)
    }
  }

  /**
   * What must be done. A cookie that was not accepted is left alone: it may belong to another app on the same host.
   * @throws MicroError `MICRO_SESSION_VALUE`.
   */
  outcome(renewAfter: number): SessionOutcome {
    // A value that was changed inside may be one by now that JSON would lose without a trace.
    for (const key of Object.keys(this.#data)) {
      refuseLoss(this.#data[key], key)
    }
    const text = JSON.stringify(this.#data)
    const cookie = this.#cookie
    if (text === EMPTY) {
      return cookie === null ? UNTOUCHED : { kind: 'end', cookie }
    }
    if (text === this.#before && !this.#isRegenerated) {
      return cookie === null || this.#age < renewAfter ? UNTOUCHED : { kind: 'renew', cookie }
    }
    return this.#isRegenerated
      ? { kind: 'save', text, previous: null, ended: cookie }
      : { kind: 'save', text, previous: cookie, ended: null }
  }

  #assertOpen(): void {
    if (this.state === 'saved') {
      throw coreError('MICRO_SESSION_SAVED', {})
    }
  }
}

/** The values, or null for what is no session: a store may be shared with others, or hold what an older version wrote. */
function parse(text: string): Data | null {
  try {
    const data: unknown = JSON.parse(text)
    return typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Data) : null
  } catch {
    return null
  }
}

function refuseLoss(value: unknown, key: string): void {
  const loss = lossOf(value, key)
  if (loss !== null) {
    throw coreError('MICRO_SESSION_VALUE', { key: loss.place, problem: loss.problem })
  }
}
