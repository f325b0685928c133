import { option, options } from './option.ts'
import type { ConfigSchema, InputOf, OutputOf } from './standard-schema.ts'

const session = options({
  cookieName: option.string({ default: 'session', description: 'Name of the session cookie.' }),
  maxAge: option.int({ default: 2_678_400, min: 1, description: 'Seconds after which a session is no longer accepted (31 days).' }),
  path: option.string({ default: '/', description: 'Path of the session cookie.' }),
  domain: option.string({ description: 'Domain of the session cookie; the host alone if absent.' }),
  secure: option.bool({ description: 'Sends the session cookie over HTTPS only; by default in production.' }),
  httpOnly: option.bool({ default: true, description: 'Hides the session cookie from scripts.' }),
  sameSite: option.oneOf(['lax', 'strict', 'none'], { default: 'lax', description: 'SameSite of the session cookie.' }),
})

const limits = options({
  bodyBytes: option.int({ default: 1_048_576, min: 0, description: 'Largest request body in bytes, unless the route says another.' }),
})

const server = options({
  host: option.string({ default: '127.0.0.1', description: 'Address to listen on.' }),
  port: option.int({ default: 3000, min: 0, max: 65_535, description: 'Port to listen on; 0 takes a free one.' }),
  trustedProxies: option.int({ default: 0, min: 0, description: 'How many proxies in front are trusted for X-Forwarded-For, -Proto and -Host.' }),
  trustRequestId: option.bool({ default: false, description: 'Takes ctx.id from X-Request-Id where the request has it.' }),
  startTimeoutMs: option.int({ default: 10_000, min: 1, description: 'Time one start hook may take.' }),
  stopTimeoutMs: option.int({ default: 10_000, min: 1, description: 'Time one stop hook may take.' }),
  drainTimeoutMs: option.int({ default: 10_000, min: 0, description: 'How long a stop waits for requests in flight.' }),
  headersTimeoutMs: option.int({ default: 30_000, min: 1, description: "Time a client has to send a request's headers." }),
  requestTimeoutMs: option.int({ default: 300_000, min: 1, description: 'Time a client has to send a whole request.' }),
  keepAliveTimeoutMs: option.int({ default: 5_000, min: 1, description: 'How long an idle connection is kept.' }),
})

const statics = options({
  url: option.string({ default: '/static', pattern: /^\/[\w./-]*$/, description: 'Path under which static files are served.' }),
  maxAge: option.int({ default: 0, min: 0, description: 'Seconds that browsers keep a static file without asking; 0 lets them ask each time.' }),
})

const log = options({
  level: option.oneOf(['debug', 'info', 'warn', 'error', 'silent'], { description: 'Least level that is logged; info, and warn in tests.' }),
  format: option.oneOf(['json', 'pretty'], { description: 'Form of log lines; pretty in development, json otherwise.' }),
})

/** The namespaces of core's own parts. */
export const CORE_NAMESPACES = { session, limits, server, static: statics, log } as const

/** The values that belong to the whole app. */
export const CORE_TOP: ConfigSchema<
  { readonly secretKey?: string; readonly secretKeyFallbacks?: readonly string[] },
  { readonly secretKey: string | undefined; readonly secretKeyFallbacks: readonly string[] }
> = options({
  secretKey: option.string({ secret: true, description: 'Key of everything that is signed; 32 characters or more in production.' }),
  secretKeyFallbacks: option.list({ secret: true, description: 'Older keys, still accepted but not used to sign.' }),
})

type Namespaces = typeof CORE_NAMESPACES

/** The configuration of core's own parts: `config.<part>.<key>`, `MICRO_<PART>__<KEY>`. */
export interface CoreConfig {
  readonly secretKey: string | undefined
  readonly secretKeyFallbacks: readonly string[]
  readonly session: OutputOf<Namespaces['session']>
  readonly limits: OutputOf<Namespaces['limits']>
  readonly server: OutputOf<Namespaces['server']>
  readonly static: OutputOf<Namespaces['static']>
  readonly log: OutputOf<Namespaces['log']>
}

/** What may be given for core's own configuration. */
export interface CoreConfigInput {
  readonly secretKey?: string
  readonly secretKeyFallbacks?: readonly string[]
  readonly session?: InputOf<Namespaces['session']>
  readonly limits?: InputOf<Namespaces['limits']>
  readonly server?: InputOf<Namespaces['server']>
  readonly static?: InputOf<Namespaces['static']>
  readonly log?: InputOf<Namespaces['log']>
}
