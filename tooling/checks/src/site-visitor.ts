/** Somebody who visits a site over HTTP: keeps cookies, follows redirects after a form. */
export class SiteVisitor {
  readonly #url: string
  readonly #cookies: Map<string, string>

  /** A visitor of the site at `url`; `before` is the same person at another address of it. */
  constructor(url: string, before?: SiteVisitor) {
    this.#url = url
    this.#cookies = new Map(before === undefined ? [] : before.#cookies)
  }

  get(path: string): Promise<Response> {
    return this.#send(path, { headers: { accept: 'text/html' } })
  }

  /** Sends a form, as multipart where a value is a file. */
  post(path: string, values: { readonly [name: string]: string | File }): Promise<Response> {
    const pairs = Object.entries(values)
    const multipart = pairs.some(([, value]) => typeof value !== 'string')
    const body = multipart ? new FormData() : new URLSearchParams()
    for (const [name, value] of pairs) {
      // A value that is a file only occurs where the body is multipart.
      body.append(name, value as string)
    }
    return this.#send(path, { method: 'POST', body, headers: { accept: 'text/html' } })
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...init.headers, ...(cookie === '' ? {} : { cookie }) }
    const response = await fetch(new URL(path, this.#url), { ...init, headers, redirect: 'manual', signal: AbortSignal.timeout(20_000) })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      this.#cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (response.status < 300 || response.status >= 400 || location === null) {
      return response
    }
    await response.body?.cancel()
    return this.#send(location, { headers: { accept: 'text/html' } })
  }
}
