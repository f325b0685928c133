import {
  type BeforeHook,
  CROSS_SITE_VARY,
  crossSiteVerdict,
  defineExtension,
  type Extension,
  HttpError,
  type Member,
  type RouteInfo,
} from '@micro/core'
import { type FormsConfig, FormsConfigSchema, type FormsOptions } from './forms-config.ts'
import { AppForms, type FormsApp, type FormsContext, RequestForms } from './forms-context.ts'

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
      app.beforeRequest(crossSiteHook(config), { phase: 'cross-site', methods: 'unsafe' })
      return {
        app: new AppForms(config),
        context: (ctx) => new RequestForms(ctx, config),
      }
    },
  })
}

function crossSiteHook(config: FormsConfig): BeforeHook {
  return (ctx) => {
    const { route } = ctx
    const verdict = crossSiteVerdict(ctx, config)
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
