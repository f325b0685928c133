/** Stores in memory that keep their contracts: one line changed makes them break a promise. */
import { randomBytes } from 'node:crypto'
import type { IncrementOptions, KeepOptions, KeyValueStore, SessionStore, StoredSession } from '@micro/core'

/** A clock that goes when it is told to. */
export class Clock {
  now = 1e12
}

interface Kept {
  text: string
  since: number
  until: number
}

export class MemorySessions implements SessionStore {
  readonly clock: Clock
  readonly kept: Map<string, Kept> = new Map()

  constructor(clock: Clock) {
    this.clock = clock
  }

  async load(cookie: string): Promise<StoredSession | null> {
    const kept = this.find(cookie)
    return kept === undefined ? null : { text: kept.text, age: (this.clock.now - kept.since) / 1000 }
  }

  async save(text: string, previous: string | null, maxAge: number): Promise<string | null> {
    if (previous !== null && this.find(previous) === undefined) {
      return null
    }
    const cookie = previous ?? this.newValue()
    this.kept.set(cookie, { text, since: this.clock.now, until: this.clock.now + maxAge * 1000 })
    return cookie
  }

  async renew(cookie: string, maxAge: number): Promise<string | null> {
    const kept = this.find(cookie)
    if (kept === undefined) {
      return null
    }
    kept.since = this.clock.now
    kept.until = this.clock.now + maxAge * 1000
    return cookie
  }

  async destroy(cookie: string): Promise<void> {
    this.kept.delete(cookie)
  }

  newValue(): string {
    return randomBytes(32).toString('base64url')
  }

  find(cookie: string): Kept | undefined {
    const kept = this.kept.get(cookie)
    return kept !== undefined && kept.until > this.clock.now ? kept : undefined
  }
}

export class MemoryValues implements KeyValueStore {
  readonly clock: Clock
  readonly kept: Map<string, { readonly json: string; readonly until: number }> = new Map()

  constructor(clock: Clock) {
    this.clock = clock
  }

  async get<T = unknown>(key: string): Promise<T | undefined> {
    const kept = this.find(key)
    return kept === undefined ? undefined : (JSON.parse(kept.json) as T)
  }

  async set(key: string, value: unknown, { maxAge = Infinity }: KeepOptions = {}): Promise<void> {
    const json: unknown = JSON.stringify(value)
    if (typeof json !== 'string') {
      throw new TypeError('JSON cannot say that')
    }
    this.find(key)
    this.kept.set(key, { json, until: this.clock.now + maxAge * 1000 })
  }

  async add(key: string, value: unknown, options?: KeepOptions): Promise<boolean> {
    if (this.find(key) !== undefined) {
      return false
    }
    await this.set(key, value, options)
    return true
  }

  async take<T = unknown>(key: string): Promise<T | undefined> {
    const kept = this.find(key)
    this.kept.delete(key)
    return kept === undefined ? undefined : (JSON.parse(kept.json) as T)
  }

  async increment(key: string, { by = 1, maxAge = Infinity }: IncrementOptions = {}): Promise<number> {
    const kept = this.find(key)
    const sum = (kept === undefined ? 0 : Number(kept.json)) + by
    if (Number.isNaN(sum)) {
      throw new TypeError('that is no number')
    }
    this.kept.set(key, { json: String(sum), until: kept?.until ?? this.clock.now + maxAge * 1000 })
    return sum
  }

  async delete(key: string): Promise<boolean> {
    return this.find(key) !== undefined && this.kept.delete(key)
  }

  find(key: string): { readonly json: string; readonly until: number } | undefined {
    if (typeof key !== 'string' || key.length === 0 || key.length > 512) {
      throw new TypeError('that is no key')
    }
    const kept = this.kept.get(key)
    return kept !== undefined && kept.until > this.clock.now ? kept : undefined
  }
}
