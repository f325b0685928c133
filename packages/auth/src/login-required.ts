import type { AnyExtension } from '@micro/core'
import { type Middleware, middleware } from '@micro/core'
import type { AuthContext } from './auth-context.ts'
import { signInFirst } from './sign-in-first.ts'
import type { AnyUser } from './user.ts'

/** Lets nobody in who has not signed in, and adds `ctx.user`. */
export interface LoginRequired<U extends AnyUser, N extends string = 'auth'>
  extends Middleware<{ readonly user: U }, { readonly [K in N]: AuthContext<U> }> {}

/**
 * Makes the middleware of an `auth` extension: browsers are sent to the sign-in page and come back afterwards, programs get 401, and an
 * outage is 503.
 */
export function loginRequired<U extends AnyUser, N extends string>(extension: AnyExtension & { readonly name: N }): LoginRequired<U, N> {
  const made = middleware({ needs: [extension] }, async (ctx, next) => {
    // The extension puts its member under its own name.
    const auth = (ctx as unknown as { readonly [K in N]: AuthContext<U> })[extension.name]
    const user = await auth.user()
    if (user === null) {
      // A program that takes anything, or does not say what, gets the first.
      if (ctx.preferredType('json', 'html') === 'html') {
        return ctx.redirect(auth.loginUrl())
      }
      throw signInFirst(ctx)
    }
    ctx.setHeader('Cache-Control', 'private, no-cache')
    return next({ user })
  })
  // `made` adds what the types say; the name under which it finds its member is a type parameter here.
  return made as unknown as LoginRequired<U, N>
}
