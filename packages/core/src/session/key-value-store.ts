/** How long a value is kept. */
export interface KeepOptions {
  /** Seconds; for good if absent. */
  readonly maxAge?: number
}

/** How a number grows. */
export interface IncrementOptions extends KeepOptions {
  /** A whole number, negative ones included; 1 by default. */
  readonly by?: number
}

/**
 * Values under keys, shared by every process of an app: counters, tickets, what is dear to make. Core has none of its own. An extension
 * that keeps one gives it as its member, and others may need it without knowing which it is: `need<Member<KeyValueStore, KeyValueStore>>('^1')`.
 * What holds for all of them is proven by `@micro/compat/key-value-store`.
 *
 * A key has 1 to 512 characters, a value is what JSON can say; anything else is refused by a `MicroError`. A store that cannot be reached
 * rejects.
 */
export interface KeyValueStore {
  /** The value of a key; undefined where there is none, or its time is over. Whoever asks says of which type: it is not checked. */
  get<T = unknown>(key: string): Promise<T | undefined>
  /** Keeps a value, in the place of any that is there, and of its time. */
  set(key: string, value: unknown, options?: KeepOptions): Promise<void>
  /** Keeps a value where there is none. Says whether it did: of several at once, one does. */
  add(key: string, value: unknown, options?: KeepOptions): Promise<boolean>
  /** Takes a value out and gives it: of several at once, one gets it. */
  take<T = unknown>(key: string): Promise<T | undefined>
  /** Adds to a number, from 0, and gives the sum: of several at once, none is lost. `maxAge` counts from the first addition. */
  increment(key: string, options?: IncrementOptions): Promise<number>
  /** Whether there was something to delete. */
  delete(key: string): Promise<boolean>
}
