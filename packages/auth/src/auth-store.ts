import type { AnyUser, UserValues } from './user.ts'

/** Somebody at a sign-in provider: the only thing by which people are told apart there (OpenID Connect Core section 5.7). */
export interface Identity {
  readonly issuer: string
  readonly subject: string
}

/** An account to be made, with the one way in that it has. */
export interface NewAccount<U extends AnyUser> {
  readonly email: string
  /** Seconds since 1970. */
  readonly created: number
  readonly values: UserValues<U>
  /** Hash of its password (a PHC string). */
  readonly password?: string
  readonly identity?: Identity
}

/** An account as it is looked up to sign in with a password. */
export interface StoredAccount<U extends AnyUser> {
  readonly user: U
  /** Hash of its password; undefined if it has none. */
  readonly password: string | undefined
}

/** A session as it is stored: under the hash of its token. Times are in seconds since 1970. */
export interface StoredSession<U extends AnyUser> {
  readonly key: string
  readonly owner: U['id']
  /** When its owner signed in. */
  readonly created: number
  /** When it was last used, to the hour. */
  readonly seen: number
  /** When it ends if it is not used again. */
  readonly expires: number
}

/**
 * Where accounts, sessions and tickets are kept. Every method that may not find what it looks for answers `undefined`; one that rejects
 * is taken for an outage and answered 503, unless by a database's error of a constraint or of a mistake in a query, which the app gets as it is. Nothing stored opens anything: passwords, session and ticket keys are hashes.
 */
export interface AuthStore<U extends AnyUser = AnyUser> {
  /** The account of an address, as `normaliseEmail` makes it, with the hash of its password. */
  findAccount(email: string): Promise<StoredAccount<U> | undefined>
  /** The account that an identity belongs to. */
  findIdentity(identity: Identity): Promise<U | undefined>
  /** Makes an account, all or nothing; undefined if its address or its identity is taken. */
  createUser(account: NewAccount<U>): Promise<U | undefined>
  /** Puts a password's hash in the place of another, if that is still the one stored. */
  replacePassword(owner: U['id'], previous: string, password: string): Promise<void>
  /** Gives an account the hash of a password, in the place of the one that it has, if any. */
  setPassword(owner: U['id'], password: string): Promise<void>
  /** Adds an identity to an account; false if the identity is taken. */
  addIdentity(owner: U['id'], identity: Identity): Promise<boolean>

  createSession(session: StoredSession<U>): Promise<void>
  /** The session of a key and its owner. It may have expired: the caller looks. */
  findSession(key: string): Promise<{ readonly session: StoredSession<U>; readonly user: U } | undefined>
  /** Notes that a session is in use. Does nothing if it has been deleted. */
  touchSession(key: string, seen: number, expires: number): Promise<void>
  deleteSession(key: string): Promise<void>
  deleteSessionsOf(owner: U['id']): Promise<void>

  /** Keeps a text for one use until `expires`, in seconds since 1970. */
  createTicket(key: string, value: string, expires: number): Promise<void>
  /** Takes a ticket away and gives its text, or undefined if it has expired. However many ask at the same time, one gets it. */
  takeTicket(key: string, now: number): Promise<string | undefined>

  /** Deletes sessions and tickets that have expired. */
  deleteExpired(now: number): Promise<void>
}
