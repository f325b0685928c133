import type { AuthStore } from './auth-store.ts'
import { normaliseEmail } from './email.ts'
import { MAX_PASSWORD_BYTES, passwordLength, preparePassword } from './password.ts'
import type { PasswordHasher } from './password-hasher.ts'
import type { AnyUser, UserValues } from './user.ts'

/** What somebody signs in with. Both are checked when the program runs: JSON may hold anything. */
export interface Credentials {
  readonly email: string
  readonly password: string
}

/** What an account is made of. `values` are columns of the app's own: choose them, never pass a request's body on. */
export interface Registration<U extends AnyUser> extends Credentials {
  readonly values?: UserValues<U>
}

/** Why nobody was signed in or registered, in a form that a page can show. */
export interface AuthFailure {
  readonly ok: false
  /**
   * `invalid`: address or password cannot be one · `credentials`: no account has both, or it has no password; which, is not said ·
   * `taken`: there is an account with this address.
   */
  readonly code: 'invalid' | 'credentials' | 'taken'
  /** The status that a reply ought to have: 422, 401 or 409. */
  readonly status: 422 | 401 | 409
  readonly message: string
  /** Messages for the fields of a form. */
  readonly errors: { readonly email?: string; readonly password?: string }
}

/** An account, or why there is none. */
export type AuthResult<U extends AnyUser> = { readonly ok: true; readonly user: U } | AuthFailure

/** An account with the hash that its password matched. */
type Verified<U extends AnyUser> = { readonly ok: true; readonly user: U; readonly stored: string; readonly outdated: boolean }

const INVALID_EMAIL = 'This is not an e-mail address.'
const CREDENTIALS = 'No account has this e-mail address and this password.'

/** Registers accounts and checks their passwords, in any store. */
export class Accounts {
  readonly #hasher: PasswordHasher
  readonly #minLength: number

  constructor(hasher: PasswordHasher, minLength: number) {
    this.#hasher = hasher
    this.#minLength = minLength
  }

  /** Makes an account. The password is hashed also where the address is taken, so that both take the same time. */
  async register<U extends AnyUser>(store: AuthStore<U>, input: Registration<U>, now: number): Promise<AuthResult<U>> {
    const email = normaliseEmail(input?.email)
    const { password, problem } = this.#newPassword(input?.password)
    if (email === undefined || problem !== undefined) {
      return invalid({ ...(email === undefined ? { email: INVALID_EMAIL } : {}), ...(problem === undefined ? {} : { password: problem }) })
    }
    const hash = await this.#hasher.hash(password)
    const user = await store.createUser({ email, created: now, values: ownValues(input.values), password: hash })
    return user === undefined ? taken() : { ok: true, user }
  }

  /** Gives an account a new password, under the rules of `register`. */
  async setPassword<U extends AnyUser>(store: AuthStore<U>, user: U, given: string): Promise<AuthResult<U>> {
    const { password, problem } = this.#newPassword(given)
    if (problem !== undefined) {
      return invalid({ password: problem })
    }
    await store.setPassword(user.id, await this.#hasher.hash(password))
    return { ok: true, user }
  }

  /** Checks a password. An address without an account, or one without a password, takes the time of a hash of today. */
  async verify<U extends AnyUser>(store: AuthStore<U>, input: Credentials): Promise<Verified<U> | AuthFailure> {
    const email = normaliseEmail(input?.email)
    const password = preparePassword(input?.password)
    if (email === undefined || password === undefined) {
      return invalid({
        ...(email === undefined ? { email: INVALID_EMAIL } : {}),
        ...(password === undefined ? { password: TOO_LONG } : {}),
      })
    }
    const found = await store.findAccount(email)
    // A database may compare by rules of its own, and find an address that merely looks like the one asked for.
    const account = found?.user.email === email ? found : undefined
    const { matches, outdated } = await this.#hasher.verify(password, account?.password)
    return account?.password !== undefined && matches
      ? { ok: true, user: account.user, stored: account.password, outdated }
      : wrongCredentials()
  }

  /** Whether a password that has matched is still that of the account: it may have got another one, or a new hash of the same. */
  async isCurrent<U extends AnyUser>(store: AuthStore<U>, { user, stored }: Verified<U>, given: string): Promise<boolean> {
    const found = await store.findAccount(user.email)
    const hash = found?.user.id === user.id ? found.password : undefined
    const password = preparePassword(given)
    return hash === stored || (hash !== undefined && password !== undefined && (await this.#hasher.verify(password, hash)).matches)
  }

  /** Hashes a password that has just matched anew, by the algorithm and cost of today. */
  async upgrade<U extends AnyUser>(store: AuthStore<U>, { user, stored }: Verified<U>, given: string): Promise<void> {
    const password = preparePassword(given)
    if (password !== undefined) {
      await store.replacePassword(user.id, stored, await this.#hasher.hash(password))
    }
  }

  /** A new password as it is hashed, or why it cannot be one. */
  #newPassword(given: unknown): { password: string; problem?: undefined } | { password?: undefined; problem: string } {
    const password = preparePassword(given)
    if (password === undefined) {
      return { problem: TOO_LONG }
    }
    return passwordLength(password) < this.#minLength ? { problem: tooShort(this.#minLength) } : { password }
  }
}

const TOO_LONG = `A password is a text of at most ${MAX_PASSWORD_BYTES} bytes.`

function tooShort(minLength: number): string {
  return `A password has ${minLength} characters or more.`
}

function invalid(errors: AuthFailure['errors']): AuthFailure {
  return { ok: false, code: 'invalid', status: 422, message: Object.values(errors).join(' '), errors }
}

/** The answer to a password that is not that of the account, or to an account that is none. */
export function wrongCredentials(): AuthFailure {
  return { ok: false, code: 'credentials', status: 401, message: CREDENTIALS, errors: { password: CREDENTIALS } }
}

function taken(): AuthFailure {
  const message = 'There is an account with this e-mail address.'
  return { ok: false, code: 'taken', status: 409, message, errors: { email: message } }
}

/** Values of the app's own, without those that `auth()` sets. */
export function ownValues<U extends AnyUser>(values: UserValues<U> | undefined): UserValues<U> {
  const own = { ...values } as UserValues<U> & { id?: unknown; email?: unknown; created?: unknown }
  delete own.id
  delete own.email
  delete own.created
  return own
}
