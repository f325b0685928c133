/** What a request says that needs no memory: read anew each time. It has no fields of its own, as `ReplyMaker` has none. */

import type { CoreConfig } from '../config/core-config.ts'
import type { Mode } from '../config/mode.ts'
import { readCookieValues } from '../http/cookie.ts'
import { acceptedLanguages, acceptedTypes } from '../http/preferences.ts'
import type { RequestHeaders } from '../http/request-headers.ts'
import { ReplyMaker } from '../reply/reply-maker.ts'
import type { Route } from '../routing/route.ts'
import type { RouteInfo } from './context.ts'
import { clientAddress, publicPrefix } from './proxy.ts'

export abstract class RequestView extends ReplyMaker {
  abstract readonly matchedRoute: Route | null
  abstract readonly nearestBlueprint: string | undefined

  get remoteAddress(): string | undefined {
    return clientAddress(this.requestSource, this.app.config.server)
  }

  get urlPrefix(): string {
    return publicPrefix(this.requestSource, this.app.config.server)
  }

  get headers(): RequestHeaders {
    return this.requestSource.headers
  }

  cookieValues(name: string): readonly string[] {
    return readCookieValues(this.requestSource.header('cookie') ?? null, name)
  }

  preferredType<T extends string>(...offers: readonly T[]): T | undefined {
    this.appendHeader('Vary', 'Accept')
    return acceptedTypes(this.requestSource.header('accept')).best(...offers)
  }

  preferredLanguage<L extends string>(...offers: readonly L[]): L | undefined {
    this.appendHeader('Vary', 'Accept-Language')
    return acceptedLanguages(this.requestSource.header('accept-language')).best(...offers)
  }

  get signal(): AbortSignal {
    return this.requestSource.signal
  }

  get route(): RouteInfo | undefined {
    return this.matchedRoute ?? undefined
  }

  get blueprint(): string | undefined {
    return this.matchedRoute === null ? this.nearestBlueprint : this.matchedRoute.blueprint
  }

  get config(): CoreConfig {
    return this.app.config
  }

  get mode(): Mode {
    return this.app.mode
  }
}
