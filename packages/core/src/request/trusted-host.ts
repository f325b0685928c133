import { type HookRecord, hookRecord } from '../hooks/hooks.ts'
import type { BeforeHook } from '../hooks/request-hooks.ts'
import { isTrustedHost } from '../http/host.ts'
import { HttpError } from '../http/http-error.ts'
import { type ProxySettings, publicHost } from './proxy.ts'
import type { RequestContext } from './request-context.ts'

/** Refuses requests for hosts that the app does not answer for: names in URLs and caches are made of what a client says. */
export function trustedHostHook(settings: ProxySettings & { readonly trustedHosts: readonly string[] }): HookRecord<BeforeHook> {
  const run: BeforeHook = (ctx) => {
    if (!isTrustedHost(publicHost((ctx as RequestContext).requestSource, settings), settings.trustedHosts)) {
      throw new HttpError(400, 'This host is not answered for here.')
    }
  }
  return hookRecord(run, 'app', { phase: 'limits' })
}
