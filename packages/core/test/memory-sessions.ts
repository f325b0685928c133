/** A session store in memory, as one over a network behaves: every method answers later, and may be made to fail or to hang. */
import type { SessionStore, StoredSession } from '@micro/core'

type Method = 'load' | 'save' | 'renew' | 'destroy'

export class MemorySessions implements SessionStore {
  readonly kept: Map<string, { text: string; age: number }> = new Map()
  /** Every call, as `save s1`. */
  readonly calls: string[] = []
  /** What a method does instead of answering. */
  readonly instead: { [M in Method]?: () => unknown } = {}
  #count = 0

  load(cookie: string): Promise<StoredSession | null> {
    return this.#later('load', cookie, () => this.kept.get(cookie) ?? null)
  }

  save(text: string, previous: string | null): Promise<string | null> {
    return this.#later('save', previous ?? 'a new one', () => {
      if (previous !== null && !this.kept.has(previous)) {
        return null
      }
      const cookie = previous ?? `s${++this.#count}`
      this.kept.set(cookie, { text, age: 0 })
      return cookie
    })
  }

  renew(cookie: string): Promise<string | null> {
    return this.#later('renew', cookie, () => {
      const kept = this.kept.get(cookie)
      if (kept === undefined) {
        return null
      }
      kept.age = 0
      return cookie
    })
  }

  destroy(cookie: string): Promise<void> {
    return this.#later('destroy', cookie, () => {
      this.kept.delete(cookie)
    })
  }

  async #later<T>(method: Method, what: string, answer: () => T): Promise<T> {
    this.calls.push(`${method} ${what}`)
    await Promise.resolve()
    const { [method]: instead } = this.instead
    if (instead !== undefined) {
      await instead()
    }
    return answer()
  }
}

/** A store that keeps nothing, where it only matters that there is one. */
export const noSessions: SessionStore = { load: () => null, save: () => null, renew: () => null, destroy: () => undefined }
