import type { CoreConfig } from '../config/core-config.ts'
import { coreError } from '../errors/core-errors.ts'
import { hostnameOf } from '../routing/host-router.ts'
import type { UrlPlace } from '../routing/url-for.ts'
import type { Context } from './context.ts'
import { publicPrefix } from './proxy.ts'
import type { RequestContext } from './request-context.ts'

/** The place that URLs are built for: a request, or the configured address outside one. */
export function urlPlace(config: CoreConfig, ctx?: Context): UrlPlace {
  return new Place(config, ctx as RequestContext | undefined)
}

/** A class: an object with getters of its own would cost more than the URL. */
class Place implements UrlPlace {
  readonly ctx: RequestContext | undefined
  readonly #config: CoreConfig

  constructor(config: CoreConfig, ctx: RequestContext | undefined) {
    this.#config = config
    this.ctx = ctx
  }

  get hostname(): string | undefined {
    return this.ctx === undefined ? undefined : hostnameOf(this.ctx.url)
  }

  get prefix(): string {
    return this.ctx === undefined ? configuredPrefix(this.#config) : prefixOf(this.ctx)
  }

  base(): URL {
    const base = configuredUrl(this.#config) ?? this.ctx?.url
    if (base === undefined) {
      throw coreError('MICRO_URL_ORIGIN', {})
    }
    return base
  }
}

/** What the client puts in front of the app's paths: it is taken off by a proxy, or by the server that the app is mounted in. */
export function prefixOf(ctx: RequestContext): string {
  const { config } = ctx.app
  return publicPrefix(ctx.requestSource, config.server) || configuredPrefix(config)
}

function configuredPrefix(config: CoreConfig): string {
  return configuredUrl(config)?.pathname.replace(/\/+$/, '') ?? ''
}

/** `config.server.publicUrl`, read once for each app. */
const read = new WeakMap<CoreConfig['server'], URL>()

function configuredUrl({ server }: CoreConfig): URL | undefined {
  let url = read.get(server)
  if (url === undefined && server.publicUrl !== undefined) {
    url = new URL(server.publicUrl)
    read.set(server, url)
  }
  return url
}
