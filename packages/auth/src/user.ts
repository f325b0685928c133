/** What every account has. */
export interface AnyUser {
  readonly id: number | string
  /** The address, as `normaliseEmail` makes it. */
  readonly email: string
}

/** An account as `auth()` knows it by itself: a row of the table `user`. An app's own type has its further columns too. */
export interface User extends AnyUser {
  readonly id: number
  /** When the account was made, in seconds since 1970. */
  readonly created: number
}

/** Values of an account that the app adds to those of `auth()`: `name`, `role` and the like. */
export type UserValues<U extends AnyUser> = Partial<Omit<U, keyof User>>
