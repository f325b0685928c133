import { type ErrorFactory, errorTable } from '@micro/core'

/** Every code that `@micro/auth` throws at developers. Codes are permanent. */
export const AUTH_ERRORS = {
  MICRO_AUTH_PROVIDER_NAME: {
    message: "The provider name '{name}' {problem}.",
    fix: 'Use one lower-case word ([a-z][a-z0-9]*) that no other provider and no option of auth has: it becomes /auth/<name> and MICRO_AUTH__<NAME>__CLIENT_ID.',
  },
  MICRO_AUTH_PROVIDER_URL: {
    message: "Provider '{name}': {key} = {value} is not accepted: {problem}.",
    fix: 'Give an absolute https: URL without credentials, query and fragment; http: and private addresses only with auth.allowPrivateNetworks, for development and tests.',
  },
  MICRO_AUTH_BASE_URL: {
    message: 'auth.baseUrl = {value} is not accepted: {problem}.',
    fix: 'Give the address people see, without a path, such as https://example.com.',
  },
  MICRO_AUTH_GUARD: {
    message: 'The guard that keeps requests to sign-in providers away from private networks is not in force: a request to {url} {outcome}.',
    fix: "Run on a runtime where 'undici/index.js' is undici itself, or set auth.allowPrivateNetworks if every provider may be trusted.",
  },
  MICRO_AUTH_ARGON2_MISSING: {
    message: 'A stored password is hashed with argon2id, which this runtime cannot compute.',
    fix: 'Run Node 24.7 or later, or: npm install @node-rs/argon2.',
  },
  MICRO_AUTH_HASH_UNKNOWN: {
    message: 'A stored password hash has an unknown form ({form}).',
    fix: 'Hashes are PHC strings of argon2id or scrypt: let the account set a new password.',
  },
  MICRO_AUTH_TABLES: {
    message: 'The database lacks something that accounts are kept in: {reason}.',
    fix: 'Apply the migrations, npx micro db migrate; columns of your own, such as those in values, need a migration of your own.',
  },
  MICRO_AUTH_LOGOUT_METHOD: {
    message: 'ctx.auth.logout() was called in a {method} request, which any other site can cause.',
    fix: 'Sign out in a POST route: <form method="post" action="/logout">.',
  },
  MICRO_AUTH_USER_INVALID: {
    message: 'ctx.auth.{method}() was given something that is no account: {what}.',
    fix: 'Give the account that register() or the database returned; it has an id.',
  },
} as const

/** Permanent codes of the errors of `@micro/auth`: `switch (error.code)` narrows. */
export type AuthErrorCode = keyof typeof AUTH_ERRORS

/** Makes an error of the table. */
export const authError: ErrorFactory<typeof AUTH_ERRORS> = errorTable(AUTH_ERRORS)
