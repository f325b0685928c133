import type { Context } from '@micro/core'
import { isToken } from './secret-token.ts'

/** A cookie that holds a token: readable by the server alone, for this host alone (`__Host-`, RFC 6265bis section 4.1.3.2) where it is secure. */
export class TokenCookie {
  readonly name: string
  readonly #secure: boolean

  constructor(name: string, secure: boolean) {
    this.name = secure ? `__Host-${name}` : name
    this.#secure = secure
  }

  /** The token of the request; undefined if there is none, it has not the form of one, or two are claimed. */
  read(ctx: Context): string | undefined {
    const values = (ctx.headers.get('cookie') ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${this.name}=`))
      .map((pair) => pair.slice(this.name.length + 1))
    return values.length === 1 && isToken(values[0]) ? values[0] : undefined
  }

  /** Sets the token. `maxAge` is in seconds. */
  write(ctx: Context, token: string, maxAge: number): void {
    ctx.setHeader('Cache-Control', 'no-store')
    ctx.setCookie(this.name, token, { maxAge, secure: this.#secure, httpOnly: true, sameSite: 'lax', path: '/' })
  }

  delete(ctx: Context): void {
    ctx.setHeader('Cache-Control', 'no-store')
    ctx.deleteCookie(this.name, { secure: this.#secure, httpOnly: true, sameSite: 'lax', path: '/' })
  }
}
