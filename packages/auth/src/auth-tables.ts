/** The tables that accounts and sessions are kept in, for kysely. */
import type { AnyUser } from './user.ts'

/** A column that the database fills where an insert leaves it out; kysely's `Generated` has the same shape. */
export interface GeneratedColumn<T> {
  readonly __select__: T
  readonly __insert__: T | undefined
  readonly __update__: T
}

/** The table `user`. An app adds columns by migrations of its own. Times are in seconds since 1970. */
export interface UserTable {
  id: GeneratedColumn<number>
  email: string
  created: number
}

/** The tables of `auth()` that an app may read and refer to: `interface Schema extends AuthTables { … }`. */
export interface AuthTables {
  user: UserTable
}

/** All tables of `auth()`, as they are named when it is installed under its own name. */
export interface StoredTables extends AuthTables {
  auth_password: { owner: AnyUser['id']; hash: string }
  auth_identity: { issuer: string; subject: string; owner: AnyUser['id'] }
  auth_session: { key: string; owner: AnyUser['id']; created: number; seen: number; expires: number }
  auth_ticket: { key: string; value: string; expires: number }
}

/** Names of the tables: those of `StoredTables`, or with `<namespace>_` before each where the extension has another name. */
export interface TableNames {
  readonly user: 'user'
  readonly password: 'auth_password'
  readonly identity: 'auth_identity'
  readonly session: 'auth_session'
  readonly ticket: 'auth_ticket'
}

/** The names for an extension installed under `namespace`. */
export function tableNames(namespace: string): TableNames {
  const names = {
    user: namespace === 'auth' ? 'user' : `${namespace}_user`,
    password: `${namespace}_password`,
    identity: `${namespace}_identity`,
    session: `${namespace}_session`,
    ticket: `${namespace}_ticket`,
  }
  // Under another name the tables have the same columns: the types of `StoredTables` stand for them too.
  return names as TableNames
}
