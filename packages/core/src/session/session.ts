/**
 * The session: values that follow a browser from request to request. By default they travel in a signed cookie, readable by the
 * browser's user but not changeable; another store keeps them elsewhere, and the cookie is then the key to them. A session is opened on
 * first use and saved, if it has changed, when the reply is made.
 */

/** Values that follow a browser from request to request: what JSON can say. */
export interface Session {
  /** The value of a key. Whoever asks says of which type: what comes from a store is not checked again. */
  get<T = unknown>(key: string): T | undefined
  /**
   * Keeps a value. @throws MicroError `MICRO_SESSION_VALUE` for what JSON would lose, such as a Date, with its place in the value;
   * `MICRO_SESSION_SAVED` once the reply has begun.
   */
  set(key: string, value: unknown): void
  /** Whether a key has a value. */
  has(key: string): boolean
  /** Forgets a key. @throws MicroError `MICRO_SESSION_SAVED`. */
  delete(key: string): void
  /**
   * Ends the session: forgets everything, the cookie, and what the store keeps for it. What is set afterwards begins another one.
   * @throws MicroError `MICRO_SESSION_SAVED`.
   */
  clear(): void
  /** The keys that have values. */
  keys(): string[]
  /**
   * Keeps the values and gives the session a new cookie; the one that was sent ends in the store. Call it where a browser gains or loses
   * rights, so that a cookie planted before is worth nothing after.
   * @throws MicroError `MICRO_SESSION_SAVED`.
   */
  regenerate(): void
  /** Whether the request came without a session that is accepted. */
  readonly isNew: boolean
  /**
   * Whether the cookie outlives the browser's window. `config.session.permanent` unless it is set here; the session remembers it. The
   * server accepts either kind for `config.session.maxAge` seconds.
   */
  isPermanent: boolean
}

/** A session as a store gives it. */
export interface StoredSession {
  /** What `save` was given, character by character. */
  readonly text: string
  /** Seconds since it was saved or renewed last. */
  readonly age: number
}

/**
 * Where sessions live: texts under the values of cookies. Core makes the texts, decides when they are saved, and writes the cookie.
 *
 * Each method may answer at once or by a promise; its answer is waited for, for `config.session.storeTimeoutMs` at most. `ctx.session` is
 * there without waiting all the same, because a request that carries the cookie is not begun before `load` has answered: hooks and
 * handler find the session read. Which stores that is needed for is said by a property and not found out from what `load` returns: to
 * see its answer, every request would have to ask, and the cookies of a store that answers at once would be verified for pages that use
 * no session.
 *
 * Whatever a store throws is 503, with the store's owner in the log. A request whose session could not be read fails where it uses it,
 * and answers if it does not.
 */
export interface SessionStore {
  /** True where `load` never returns a promise: it is then called when a request first uses its session, if ever. */
  readonly isSynchronous?: boolean
  /** The session of a cookie's value; null for one that is unknown, altered or older than `maxAge` seconds. */
  load(cookie: string, maxAge: number): StoredSession | null | Promise<StoredSession | null>
  /**
   * Keeps a text for `maxAge` seconds and gives the cookie's value. `previous` is the value that the session was loaded by; without one it
   * is a new session, and gets a value that nobody can guess. Null says that `previous` has ended since it was loaded: nothing is kept,
   * or a request that began before a logout would undo it.
   */
  save(text: string, previous: string | null, maxAge: number): string | null | Promise<string | null>
  /** Begins the `maxAge` seconds anew, and leaves the text as it is. Gives the cookie's value, or null as `save` does. */
  renew(cookie: string, maxAge: number): string | null | Promise<string | null>
  /** Ends a session: `load` gives null from then on. */
  destroy(cookie: string): void | Promise<void>
}
