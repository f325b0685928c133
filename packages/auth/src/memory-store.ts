import type { AuthStore, Identity, NewAccount, StoredSession } from './auth-store.ts'
import type { AnyUser, User } from './user.ts'

interface Account<U extends AnyUser> {
  readonly user: U
  password: string | undefined
}

/**
 * Keeps accounts and sessions in the memory of this process, for tests and first steps: they are gone when it ends. Make one for each app.
 */
export function memoryStore<U extends AnyUser = User>(): AuthStore<U> {
  return new MemoryStore<U>()
}

class MemoryStore<U extends AnyUser> implements AuthStore<U> {
  readonly #accounts = new Map<U['id'], Account<U>>()
  readonly #owners = new Map<string, U['id']>()
  readonly #identities = new Map<string, U['id']>()
  readonly #sessions = new Map<string, StoredSession<U>>()
  readonly #tickets = new Map<string, { readonly value: string; readonly expires: number }>()
  #lastId = 0

  async findAccount(email: string): Promise<{ readonly user: U; readonly password: string | undefined } | undefined> {
    const account = this.#accountOf(this.#owners.get(email))
    return account === undefined ? undefined : { user: account.user, password: account.password }
  }

  async findIdentity(identity: Identity): Promise<U | undefined> {
    return this.#accountOf(this.#identities.get(identityKey(identity)))?.user
  }

  async createUser({ email, created, values, password, identity }: NewAccount<U>): Promise<U | undefined> {
    if (this.#owners.has(email) || (identity !== undefined && this.#identities.has(identityKey(identity)))) {
      return undefined
    }
    this.#lastId += 1
    // The phantom of the app's own type: what it has beyond these members is in `values`.
    const user = Object.freeze({ ...values, id: this.#lastId, email, created }) as unknown as U
    this.#accounts.set(user.id, { user, password })
    this.#owners.set(email, user.id)
    if (identity !== undefined) {
      this.#identities.set(identityKey(identity), user.id)
    }
    return user
  }

  async replacePassword(owner: U['id'], previous: string, password: string): Promise<void> {
    const account = this.#accounts.get(owner)
    if (account?.password === previous) {
      account.password = password
    }
  }

  async setPassword(owner: U['id'], password: string): Promise<void> {
    const account = this.#accounts.get(owner)
    if (account !== undefined) {
      account.password = password
    }
  }

  async addIdentity(owner: U['id'], identity: Identity): Promise<boolean> {
    const key = identityKey(identity)
    if (this.#identities.has(key)) {
      return false
    }
    this.#identities.set(key, owner)
    return true
  }

  async createSession(session: StoredSession<U>): Promise<void> {
    this.#sessions.set(session.key, session)
  }

  async findSession(key: string): Promise<{ readonly session: StoredSession<U>; readonly user: U } | undefined> {
    const session = this.#sessions.get(key)
    const user = this.#accountOf(session?.owner)?.user
    return session === undefined || user === undefined ? undefined : { session, user }
  }

  async touchSession(key: string, seen: number, expires: number): Promise<void> {
    const session = this.#sessions.get(key)
    if (session !== undefined) {
      this.#sessions.set(key, { ...session, seen, expires })
    }
  }

  async deleteSession(key: string): Promise<void> {
    this.#sessions.delete(key)
  }

  async deleteSessionsOf(owner: U['id']): Promise<void> {
    for (const session of this.#sessions.values()) {
      if (session.owner === owner) {
        this.#sessions.delete(session.key)
      }
    }
  }

  async createTicket(key: string, value: string, expires: number): Promise<void> {
    this.#tickets.set(key, { value, expires })
  }

  async takeTicket(key: string, now: number): Promise<string | undefined> {
    const ticket = this.#tickets.get(key)
    this.#tickets.delete(key)
    return ticket !== undefined && ticket.expires > now ? ticket.value : undefined
  }

  async deleteExpired(now: number): Promise<void> {
    for (const rows of [this.#sessions, this.#tickets]) {
      for (const [key, row] of rows) {
        if (row.expires <= now) {
          rows.delete(key)
        }
      }
    }
  }

  #accountOf(id: U['id'] | undefined): Account<U> | undefined {
    return id === undefined ? undefined : this.#accounts.get(id)
  }
}

function identityKey({ issuer, subject }: Identity): string {
  return JSON.stringify([issuer, subject])
}
