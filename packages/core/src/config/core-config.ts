import type { DeprecationMode } from '../extension/deprecation.ts'
import { MAX_COOKIE_BYTES } from '../http/cookie.ts'
import type { ConfigSchema } from '../json/standard-schema.ts'
import type { LogThreshold } from '../log/log.ts'
import { type Option, option, options } from './option.ts'

/** `config.session`: sessions and their cookie. Seconds, as cookies have them. */
export interface SessionConfig {
  readonly cookieName: string
  readonly maxAge: number
  readonly path: string
  readonly domain: string | undefined
  readonly secure: boolean | undefined
  readonly httpOnly: boolean
  readonly sameSite: 'lax' | 'strict' | 'none'
  readonly partitioned: boolean
  readonly permanent: boolean
  readonly renewAfter: number
  readonly storeTimeoutMs: number
}

/** `config.limits`: what requests may cost. */
export interface LimitsConfig {
  readonly bodyBytes: number
  readonly formFields: number
  readonly jsonDepth: number
  readonly cookieBytes: number
}

/** What proxies tell in an `X-Forwarded-…` header. */
export type ForwardedHeader = (typeof FORWARDED_HEADERS)[number]

const FORWARDED_HEADERS = ['for', 'proto', 'host', 'port', 'prefix'] as const

/** `config.server`: where the app listens, and how patient it is. */
export interface ServerConfig {
  readonly host: string
  readonly port: number
  readonly workers: number
  readonly publicUrl: string | undefined
  readonly trustedProxies: number
  readonly forwardedHeaders: readonly ForwardedHeader[]
  readonly trustedHosts: readonly string[]
  readonly trustRequestId: boolean
  readonly startTimeoutMs: number
  readonly stopTimeoutMs: number
  readonly drainDelayMs: number
  readonly drainTimeoutMs: number
  readonly healthTimeoutMs: number
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly keepAliveTimeoutMs: number
  readonly debugPage: 'local' | 'anyone' | 'off'
}

/** `config.health`: the routes for whoever watches the process. */
export interface HealthConfig {
  readonly path: string | undefined
  readonly cacheMs: number
  readonly details: boolean
}

/** `config.static`: static files. */
export interface StaticConfig {
  readonly url: string
  readonly maxAge: number
  readonly versions: boolean
}

/** `config.log`: what is logged, and how. */
export interface LogConfig {
  readonly level: LogThreshold | undefined
  /** `<extension>=<level>`. */
  readonly levels: readonly string[]
  readonly format: 'json' | 'pretty' | undefined
  readonly requests: boolean | undefined
  readonly redact: readonly string[]
}

/** `config.headers`: headers that every reply gets unless it has them itself. */
export interface HeadersConfig {
  readonly contentTypeOptions: boolean
  readonly frameOptions: 'SAMEORIGIN' | 'DENY' | 'off'
  readonly referrerPolicy: string | undefined
  readonly contentSecurityPolicy: string | undefined
  readonly openerPolicy: 'same-origin' | 'same-origin-allow-popups' | 'noopener-allow-popups' | 'unsafe-none' | undefined
  readonly strictTransportSecurity: string | undefined
}

const session: ConfigSchema<Partial<SessionConfig>, SessionConfig> = options({
  cookieName: option.string({ default: 'session', description: 'Name of the session cookie.' }),
  maxAge: option.int({ default: 2_678_400, min: 1, description: 'Seconds after which a session is no longer accepted (31 days).' }),
  path: option.string({ default: '/', description: 'Path of the session cookie.' }),
  domain: option.string({ description: 'Domain of the session cookie; the host alone if absent.' }),
  secure: option.bool({
    description: 'Sends the session cookie over HTTPS only; by default in production, and wherever browsers insist.',
  }),
  httpOnly: option.bool({ default: true, description: 'Hides the session cookie from scripts.' }),
  sameSite: option.oneOf(['lax', 'strict', 'none'], { default: 'lax', description: 'SameSite of the session cookie.' }),
  partitioned: option.bool({ default: false, description: 'Keeps a session of its own for each site that embeds the app (CHIPS).' }),
  permanent: option.bool({ default: true, description: "Lets the session cookie outlive the browser's window." }),
  renewAfter: option.int({
    default: 86_400,
    min: 0,
    description: 'Seconds after which a session in use is sent again, with all of maxAge before it; 0 with every reply.',
  }),
  storeTimeoutMs: option.int({ default: 5_000, min: 1, description: 'Time a session store has to answer.' }),
})

const limits: ConfigSchema<Partial<LimitsConfig>, LimitsConfig> = options({
  bodyBytes: option.int({ default: 1_048_576, min: 0, description: 'Largest request body in bytes, unless the route says another.' }),
  formFields: option.int({ default: 1000, min: 1, description: 'Most fields of a form that ctx.readForm() reads.' }),
  jsonDepth: option.int({ default: 1000, min: 1, description: 'Most levels of arrays and objects in a body that ctx.readJson() reads.' }),
  cookieBytes: option.int({
    default: MAX_COOKIE_BYTES,
    min: 0,
    description: 'Largest cookie, its attributes included, of ctx.setCookie() and of sessions; browsers drop larger ones. 0 for any.',
  }),
})

const server: ConfigSchema<Partial<ServerConfig>, ServerConfig> = options({
  host: option.string({ default: '127.0.0.1', description: 'Address to listen on.' }),
  port: option.int({ default: 3000, min: 0, max: 65_535, description: 'Port to listen on; 0 takes a free one.' }),
  workers: option.int({ default: 1, min: 0, description: 'Processes that serve the app; 0 for one for each processor.' }),
  publicUrl: option.string({
    pattern: /^https?:\/\/(\[[\dA-Fa-f:.]+\]|[\w.-]+)(:[1-5]?\d{1,4}|:6[0-4]\d{3})?(\/[^\s?#]*)?$/,
    description: 'Where clients find the app, such as https://example.com: the beginning of whole URLs, and the host of subdomains.',
  }),
  trustedProxies: option.int({
    default: 0,
    min: 0,
    description: 'How many proxies in front are trusted for what they tell in X-Forwarded-… headers.',
  }),
  forwardedHeaders: listOf(
    FORWARDED_HEADERS,
    ['for', 'proto'],
    'Which X-Forwarded-… headers all these proxies write: for, proto, host, port, prefix. One that they pass on unseen can be forged.',
  ),
  trustedHosts: option.list({
    description: 'Hosts the app answers for, others get 400; .example.org stands for every host below it, too. Any if empty.',
  }),
  trustRequestId: option.bool({ default: false, description: 'Takes ctx.id from X-Request-Id where the request has it.' }),
  startTimeoutMs: option.int({ default: 10_000, min: 1, description: 'Time one start hook may take.' }),
  stopTimeoutMs: option.int({ default: 10_000, min: 1, description: 'Time one stop hook may take.' }),
  drainDelayMs: option.int({
    default: 0,
    min: 0,
    description: 'How long a stopping server takes new connections, while readiness is 503: until a balancer has noticed.',
  }),
  drainTimeoutMs: option.int({
    default: 10_000,
    min: 0,
    description: 'How long a stop waits for requests in flight, and for connections that were taken over by an upgrade.',
  }),
  healthTimeoutMs: option.int({ default: 5_000, min: 1, description: 'Time one health check may take.' }),
  headersTimeoutMs: option.int({ default: 30_000, min: 1, description: "Time a client has to send a request's headers." }),
  requestTimeoutMs: option.int({ default: 300_000, min: 1, description: 'Time a client has to send a whole request.' }),
  keepAliveTimeoutMs: option.int({ default: 5_000, min: 1, description: 'How long an idle connection is kept.' }),
  debugPage: option.oneOf(['local', 'anyone', 'off'], {
    default: 'local',
    description: 'Who sees the debug page in development: clients on this machine, anyone, or nobody.',
  }),
})

const statics: ConfigSchema<Partial<StaticConfig>, StaticConfig> = options({
  url: option.string({ default: '/static', pattern: /^\/[\w./-]*$/, description: 'Path under which static files are served.' }),
  maxAge: option.int({
    default: 0,
    min: 0,
    description: 'Seconds that browsers keep a static file without asking; 0 lets them ask each time.',
  }),
  versions: option.bool({
    default: true,
    description: 'Puts a hash of the content into the URLs of static files, which are then kept for a year.',
  }),
})

const health: ConfigSchema<Partial<HealthConfig>, HealthConfig> = options({
  path: option.string({
    pattern: /^\/[\w./-]*[\w.-]$/,
    description: 'Where the app says that it answers, and below it, at /ready, whether its extensions work; nowhere if absent.',
  }),
  cacheMs: option.int({ default: 1_000, min: 0, description: 'How long what the extensions said holds.' }),
  details: option.bool({ default: false, description: 'Names the extensions to whoever asks, and whether each works.' }),
})

const headers: ConfigSchema<Partial<HeadersConfig>, HeadersConfig> = options({
  contentTypeOptions: option.bool({ default: true, description: 'Sends X-Content-Type-Options: nosniff.' }),
  frameOptions: option.oneOf(['SAMEORIGIN', 'DENY', 'off'], {
    default: 'SAMEORIGIN',
    description: 'X-Frame-Options: who may show pages in a frame.',
  }),
  referrerPolicy: option.string({ description: 'Referrer-Policy; browsers have strict-origin-when-cross-origin where it is absent.' }),
  contentSecurityPolicy: option.string({ description: 'Content-Security-Policy; none if absent.' }),
  openerPolicy: option.oneOf(['same-origin', 'same-origin-allow-popups', 'noopener-allow-popups', 'unsafe-none'], {
    description: 'Cross-Origin-Opener-Policy; none if absent.',
  }),
  strictTransportSecurity: option.string({
    description:
      'Strict-Transport-Security, such as max-age=31536000; includeSubDomains. Browsers then refuse plain HTTP for as long; none if absent.',
  }),
})

const log: ConfigSchema<Partial<LogConfig>, LogConfig> = options({
  level: option.oneOf(['debug', 'info', 'warn', 'error', 'silent'], {
    description: 'Least level that is logged; info, and warn in tests.',
  }),
  levels: option.list({
    items: /^[a-z][a-z0-9]*=(debug|info|warn|error|silent)$/,
    description: 'Levels of single extensions: db=debug, auth=warn.',
  }),
  format: option.oneOf(['json', 'pretty'], { description: 'Form of log lines; pretty in development, json otherwise.' }),
  requests: option.bool({ description: 'Logs a line for each request; micro run does in development, unless this is false.' }),
  redact: option.list({ description: 'Further names of fields whose values are masked, beside password, token, cookie and their like.' }),
})

/** The schemas of the namespaces of core's own parts. */
export const CORE_NAMESPACES: { readonly [name: string]: ConfigSchema } = { session, limits, server, static: statics, health, headers, log }

/** The values that belong to the whole app. */
export interface TopConfig {
  readonly secretKey: string | undefined
  readonly secretKeyFallbacks: readonly string[]
  readonly deprecations: DeprecationMode
}

/** The schema of the values that belong to the whole app. */
export const CORE_TOP: ConfigSchema<
  { readonly secretKey?: string; readonly secretKeyFallbacks?: readonly string[]; readonly deprecations?: DeprecationMode },
  TopConfig
> = options({
  secretKey: option.string({ secret: true, description: 'Key of everything that is signed; 32 characters or more in production.' }),
  secretKeyFallbacks: option.list({ secret: true, description: 'Older keys, still accepted but not used to sign.' }),
  deprecations: option.oneOf(['warn', 'error'], {
    default: 'warn',
    description: 'What the use of something deprecated does: it logs a warning, or it throws.',
  }),
})

/** The configuration of core's own parts: `config.<part>.<key>`, `MICRO_<PART>__<KEY>`. */
export interface CoreConfig extends TopConfig {
  readonly session: SessionConfig
  readonly limits: LimitsConfig
  readonly server: ServerConfig
  readonly static: StaticConfig
  readonly health: HealthConfig
  readonly headers: HeadersConfig
  readonly log: LogConfig
}

/** What may be given for core's own configuration. An alias, not an interface: only aliases are assignable to index signatures. */
export type CoreConfigInput = {
  readonly secretKey?: string
  readonly secretKeyFallbacks?: readonly string[]
  readonly deprecations?: DeprecationMode
  readonly session?: Partial<SessionConfig>
  readonly limits?: Partial<LimitsConfig>
  readonly server?: Partial<ServerConfig>
  readonly static?: Partial<StaticConfig>
  readonly health?: Partial<HealthConfig>
  readonly headers?: Partial<HeadersConfig>
  readonly log?: Partial<LogConfig>
}

function listOf<T extends string>(known: readonly T[], fallback: readonly T[], description: string): Option<readonly T[]> {
  const list = option.list({ default: fallback, description })
  const { check } = list['~option']
  const isKnown = (item: unknown): boolean => known.includes(item as T)
  return {
    '~option': {
      ...list['~option'],
      check: (value) => check(value) ?? ((value as readonly unknown[]).every(isKnown) ? undefined : `it lists some of ${known.join(', ')}`),
    },
  }
}
