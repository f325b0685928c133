import type { HostPattern } from './host-pattern.ts'
import { type Found, type Routable, Router } from './router.ts'

/** A request, as far as its route depends on it. */
export interface Asked {
  /** As it was sent, without the query. */
  readonly path: string
  readonly method: string
  /** Asked only where routes name hosts. */
  readonly url: URL
}

/** A class of routers, to be extended by `makeRouterClass` of an app. */
export type RouterClass = new () => {
  /** The route of a request and the values of its params; null where none answers. */
  find(asked: Asked): { readonly route: object; readonly values: readonly unknown[] } | null
}

/** A route that may name the host it answers. */
export interface Hosted extends Routable {
  /** Null where it answers every host. */
  readonly host: HostPattern | null
}

interface Site<R extends Hosted> {
  readonly host: HostPattern
  readonly router: Router<R>
}

/** The routes of an app: those of the hosts that match come before those of every host. */
export class HostRouter<R extends Hosted> {
  readonly #everywhere: Router<R> = new Router()
  #sites: Site<R>[] | null = null

  /** The routes of one host, or of every host; they are added there. */
  of(host: HostPattern | null): Router<R> {
    if (host === null) {
      return this.#everywhere
    }
    this.#sites ??= []
    const known = this.#sites.find((site) => site.host.matchesSame(host))
    if (known !== undefined) {
      return known.router
    }
    const router = new Router<R>()
    this.#sites.push({ host, router })
    this.#sites.sort((one, other) => one.host.weight - other.host.weight)
    return router
  }

  /** The route of a request; its values are those of the path, then those of the host. @throws HttpError 400. */
  find(asked: Asked): Found<R> | null {
    if (this.#sites !== null) {
      const hostname = hostnameOf(asked.url)
      for (const { host, router } of this.#sites) {
        const values = host.match(hostname)
        const found = values === null ? null : router.find(asked.path, asked.method)
        if (values !== null && found !== null) {
          return { route: found.route, values: [...found.values, ...values] }
        }
      }
    }
    return this.#everywhere.find(asked.path, asked.method)
  }

  /** The routes of a request's host and path, whatever their methods. @throws HttpError 400. */
  at(asked: Omit<Asked, 'method'>): readonly R[] {
    const hostname = this.#sites === null ? '' : hostnameOf(asked.url)
    const here = (this.#sites ?? []).filter(({ host }) => host.match(hostname) !== null)
    return [...here.map(({ router }) => router), this.#everywhere].flatMap((router) => router.at(asked.path))
  }
}

/** The host of a URL, without its port and without the dot that may end a name. */
export function hostnameOf(url: URL): string {
  return url.hostname.replace(/\.$/, '')
}
