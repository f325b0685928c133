import { type BeforeHook, defineExtension, type Extension, HttpError, type Member, type RouteInfo } from '@micro/core'
import { CROSS_SITE_VARY, type CrossSitePolicy, judgeOrigin } from './cross-site.ts'
import { type FormsConfig, FormsConfigSchema, type FormsOptions } from './forms-config.ts'
import { type FormsApp, type FormsContext, RequestForms } from './forms-context.ts'

/** The extension that `forms()` makes. */
export interface FormsExtension extends Extension<'forms', FormsMember, {}, FormsOptions, FormsConfig> {}

/** `app.forms` and `ctx.forms`. */
export interface FormsMember extends Member<FormsApp, FormsContext> {}

/**
 * Refuses unsafe requests that come from other sites, and holds the limits of forms. The middleware `body`, `form`, `query` and
 * `params` works with its configuration.
 */
export function forms(options: FormsOptions = {}): FormsExtension {
  return defineExtension({
    name: 'forms',
    version: '1.0.0',
    core: '^1.0.0',
    config: FormsConfigSchema,
    options,
    effects: ['refuses cross-site unsafe requests'],
    initApp(app, config) {
      const trustedOrigins = new Set(config.trustedOrigins)
      const policyFor = (proxies: number): CrossSitePolicy => ({ ...config, trustedOrigins, proxied: proxies > 0 })
      app.beforeRequest(crossSiteHook(config, policyFor), { phase: 'cross-site', methods: 'unsafe' })
      return {
        app: { limits: config, trustedOrigins: config.trustedOrigins },
        context: (ctx) => new RequestForms(ctx, config, policyFor(ctx.config.server.trustedProxies)),
      }
    },
  })
}

function crossSiteHook(config: FormsConfig, policyFor: (proxies: number) => CrossSitePolicy): BeforeHook {
  let policy: CrossSitePolicy | undefined
  return (ctx) => {
    const { route } = ctx
    policy ??= policyFor(ctx.config.server.trustedProxies)
    const verdict = judgeOrigin(ctx, policy)
    if (!verdict.allowed && route !== undefined && !isOpen(route, config)) {
      const fields = { method: ctx.method, path: ctx.path, reason: verdict.reason, origin: ctx.headers.get('origin') }
      if (config.mode === 'enforce') {
        ctx.log.info('Refused a cross-site request; config.forms.trustedOrigins lists origins that are let in', fields)
        throw new HttpError(403, `The request was refused because of where it comes from: ${verdict.reason}.`, {
          headers: { Vary: CROSS_SITE_VARY },
        })
      }
      ctx.log.warn('A cross-site request would have been refused (config.forms.mode is log)', fields)
    }
  }
}

/** Whether other sites may call a route: the very route, by its name or its path as declared, never those below it. */
function isOpen(route: RouteInfo, config: FormsConfig): boolean {
  return config.allowCrossSite.some((entry) => entry === route.name || entry === route.path)
}
