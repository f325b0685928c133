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

  async findUser(id: U['id']): Promise<U | undefined> {
    return asUser(await this.#db.selectFrom(this.#tables.user).selectAll().where('id', '=', Number(id)).executeTakeFirst())
  }

  async findAccount(email: string): Promise<StoredAccount<U> | undefined> {
    const user = asUser<U>(await this.#db.selectFrom(this.#tables.user).selectAll().where('email', '=', email).executeTakeFirst())
    if (user === undefined) {
      return undefined
    }
    const row = await this.#db.selectFrom(this.#tables.password).select('hash').where('owner', '=', user.id).executeTakeFirst()
    return { user, password: row?.hash }
  }

  async findIdentity({ issuer, subject }: Identity): Promise<U | undefined> {
    const row = await this.#db
      .selectFrom(this.#tables.identity)
      .select('owner')
      .where('issuer', '=', issuer)
      .where('subject', '=', subject)
      .executeTakeFirst()
    return row === undefined ? undefined : this.findUser(row.owner)
  }

  async createUser({ email, created, values, password, identity }: NewAccount<U>): Promise<U | undefined> {
    try {
      return await this.#db.transaction().execute(async (transaction) => {
        const user = asUser<U>(
          await transaction
            .insertInto(this.#tables.user)
            .values({ ...values, email, created })
            .onConflict((conflict) => conflict.column('email').doNothing())
            .returningAll()
            .executeTakeFirst(),
        )
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
    const row = await this.#db.selectFrom(this.#tables.session).selectAll().where('key', '=', key).executeTakeFirst()
    const user = row === undefined ? undefined : await this.findUser(row.owner)
    if (row === undefined || user === undefined) {
      return undefined
    }
    // PostgreSQL's driver gives 64-bit integers as text.
    const session = { ...row, created: Number(row.created), seen: Number(row.seen), expires: Number(row.expires) }
    return { session, user }
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
function asUser<U extends AnyUser>(row: { id: number; email: string; created: number } | undefined): U | undefined {
  return row === undefined ? undefined : ({ ...row, created: Number(row.created) } as unknown as U)
}
