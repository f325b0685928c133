import type { Kysely } from 'kysely'
import type { AuthStore, Identity, NewAccount, StoredAccount, StoredSession } from './auth-store.ts'
import type { StoredTables, TableNames } from './auth-tables.ts'
import type { AuthDbContext } from './db-member.ts'
import type { AnyUser } from './user.ts'

/** Thrown to roll an account back whose identity is taken. */
const TAKEN = Symbol('identity taken')

/** Keeps accounts and sessions in the tables that `authMigrations` makes, through the kysely of one request. */
export class DbStore<U extends AnyUser> implements AuthStore<U> {
  readonly #db: Kysely<StoredTables>
  readonly #tables: TableNames

  constructor(db: AuthDbContext, tables: TableNames) {
    // `AuthDbContext` is the part of a Kysely that the need asks for, and the migrations of this package make its tables.
    this.#db = db as unknown as Kysely<StoredTables>
    this.#tables = tables
  }

  async findAccount(email: string): Promise<StoredAccount<U> | undefined> {
    const { user, password } = this.#tables
    // One query, whether or not there is an account: both take the same time.
    const row = await this.#db
      .selectFrom(user)
      .leftJoin(password, `${password}.owner` as const, `${user}.id` as const)
      .selectAll(user)
      .select(`${password}.hash as passwordhash` as const)
      .where(`${user}.email` as const, '=', email)
      .executeTakeFirst()
    if (row === undefined) {
      return undefined
    }
    const { passwordhash, ...rest } = row
    return { user: asUser(rest), password: passwordhash ?? undefined }
  }

  async findIdentity({ issuer, subject }: Identity): Promise<U | undefined> {
    const { user, identity } = this.#tables
    const row = await this.#db
      .selectFrom(user)
      .innerJoin(identity, `${identity}.owner` as const, `${user}.id` as const)
      .selectAll(user)
      .where(`${identity}.issuer` as const, '=', issuer)
      .where(`${identity}.subject` as const, '=', subject)
      .executeTakeFirst()
    return row && asUser(row)
  }

  async createUser({ email, created, values, password, identity }: NewAccount<U>): Promise<U | undefined> {
    try {
      return await this.#db.transaction().execute(async (transaction) => {
        const row = await transaction
          .insertInto(this.#tables.user)
          .values({ ...values, email, created })
          .onConflict((conflict) => conflict.column('email').doNothing())
          .returningAll()
          .executeTakeFirst()
        const user = row && asUser<U>(row)
        if (user !== undefined && password !== undefined) {
          await transaction.insertInto(this.#tables.password).values({ owner: user.id, hash: password }).execute()
        }
        if (user !== undefined && identity !== undefined && !(await insertIdentity(transaction, this.#tables, user.id, identity))) {
          throw TAKEN
        }
        return user
      })
    } catch (error) {
      if (error === TAKEN) {
        return undefined
      }
      throw error
    }
  }

  async replacePassword(owner: U['id'], previous: string, password: string): Promise<void> {
    await this.#db
      .updateTable(this.#tables.password)
      .set({ hash: password })
      .where('owner', '=', owner)
      .where('hash', '=', previous)
      .execute()
  }

  async setPassword(owner: U['id'], hash: string): Promise<void> {
    await this.#db
      .insertInto(this.#tables.password)
      .values({ owner, hash })
      .onConflict((conflict) => conflict.column('owner').doUpdateSet({ hash }))
      .execute()
  }

  addIdentity(owner: U['id'], identity: Identity): Promise<boolean> {
    return insertIdentity(this.#db, this.#tables, owner, identity)
  }

  async createSession(session: StoredSession<U>): Promise<void> {
    await this.#db
      .insertInto(this.#tables.session)
      .values({ ...session })
      .execute()
  }

  async findSession(key: string): Promise<{ readonly session: StoredSession<U>; readonly user: U } | undefined> {
    const { user, session } = this.#tables
    const row = await this.#db
      .selectFrom(user)
      .innerJoin(session, `${session}.owner` as const, `${user}.id` as const)
      .selectAll(user)
      .select([`${session}.created as sessioncreated`, `${session}.seen as sessionseen`, `${session}.expires as sessionexpires`] as const)
      .where(`${session}.key` as const, '=', key)
      .executeTakeFirst()
    if (row === undefined) {
      return undefined
    }
    const { sessioncreated, sessionseen, sessionexpires, ...rest } = row
    const owner = asUser<U>(rest)
    // PostgreSQL's driver may give 64-bit integers as text.
    const times = { created: Number(sessioncreated), seen: Number(sessionseen), expires: Number(sessionexpires) }
    return { session: { key, owner: owner.id, ...times }, user: owner }
  }

  async touchSession(key: string, seen: number, expires: number): Promise<void> {
    await this.#db.updateTable(this.#tables.session).set({ seen, expires }).where('key', '=', key).execute()
  }

  async deleteSession(key: string): Promise<void> {
    await this.#db.deleteFrom(this.#tables.session).where('key', '=', key).execute()
  }

  async deleteSessionsOf(owner: U['id']): Promise<void> {
    await this.#db.deleteFrom(this.#tables.session).where('owner', '=', owner).execute()
  }

  async createTicket(key: string, value: string, expires: number): Promise<void> {
    await this.#db.insertInto(this.#tables.ticket).values({ key, value, expires }).execute()
  }

  async takeTicket(key: string, now: number): Promise<string | undefined> {
    const row = await this.#db.deleteFrom(this.#tables.ticket).where('key', '=', key).returning(['value', 'expires']).executeTakeFirst()
    return row !== undefined && Number(row.expires) > now ? row.value : undefined
  }

  async deleteExpired(now: number): Promise<void> {
    await this.#db.deleteFrom(this.#tables.session).where('expires', '<=', now).execute()
    await this.#db.deleteFrom(this.#tables.ticket).where('expires', '<=', now).execute()
  }
}

async function insertIdentity(db: Kysely<StoredTables>, tables: TableNames, owner: AnyUser['id'], identity: Identity): Promise<boolean> {
  const row = await db
    .insertInto(tables.identity)
    .values({ issuer: identity.issuer, subject: identity.subject, owner })
    .onConflict((conflict) => conflict.columns(['issuer', 'subject']).doNothing())
    .returning('owner')
    .executeTakeFirst()
  return row !== undefined
}

/** A row of the table `user`: its columns are those of the app's own type, which its migrations made. */
function asUser<U extends AnyUser>(row: { id: number; email: string; created: number }): U {
  return { ...row, created: Number(row.created) } as unknown as U
}
