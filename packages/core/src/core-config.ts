import type { LogLevel } from './log.ts'
import { option, options } from './option.ts'
import type { ConfigSchema } from './standard-schema.ts'

/** `config.session`: the session cookie. Seconds, as cookies have them. */
export interface SessionConfig {
  readonly cookieName: string
  readonly maxAge: number
  readonly path: string
  readonly domain: string | undefined
  readonly secure: boolean | undefined
  readonly httpOnly: boolean
  readonly sameSite: 'lax' | 'strict' | 'none'
}

/** `config.limits`: what requests may cost. */
export interface LimitsConfig {
  readonly bodyBytes: number
  readonly formFields: number
}

/** `config.server`: where the app listens, and how patient it is. */
export interface ServerConfig {
  readonly host: string
  readonly port: number
  readonly trustedProxies: number
  readonly trustRequestId: boolean
  readonly startTimeoutMs: number
  readonly stopTimeoutMs: number
  readonly drainTimeoutMs: number
  readonly headersTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly keepAliveTimeoutMs: number
}

/** `config.static`: static files. */
export interface StaticConfig {
  readonly url: string
  readonly maxAge: number
}

/** `config.log`: what is logged, and how. */
export interface LogConfig {
  readonly level: LogLevel | 'silent' | undefined
  readonly format: 'json' | 'pretty' | undefined
}

const session: ConfigSchema<Partial<SessionConfig>, SessionConfig> = options({
  cookieName: option.string({ default: 'session', description: 'Name of the session cookie.' }),
  maxAge: option.int({ default: 2_678_400, min: 1, description: 'Seconds after which a session is no longer accepted (31 days).' }),
  path: option.string({ default: '/', description: 'Path of the session cookie.' }),
  domain: option.string({ description: 'Domain of the session cookie; the host alone if absent.' }),
  secure: option.bool({ description: 'Sends the session cookie over HTTPS only; by default in production.' }),
  httpOnly: option.bool({ default: true, description: 'Hides the session cookie from scripts.' }),
  sameSite: option.oneOf(['lax', 'strict', 'none'], { default: 'lax', description: 'SameSite of the session cookie.' }),
})

const limits: ConfigSchema<Partial<LimitsConfig>, LimitsConfig> = options({
  bodyBytes: option.int({ default: 1_048_576, min: 0, description: 'Largest request body in bytes, unless the route says another.' }),
  formFields: option.int({ default: 1000, min: 1, description: 'Most fields of a form that ctx.readForm() reads.' }),
})

const server: ConfigSchema<Partial<ServerConfig>, ServerConfig> = options({
  host: option.string({ default: '127.0.0.1', description: 'Address to listen on.' }),
  port: option.int({ default: 3000, min: 0, max: 65_535, description: 'Port to listen on; 0 takes a free one.' }),
  trustedProxies: option.int({
    default: 0,
    min: 0,
    description: 'How many proxies in front are trusted for X-Forwarded-For, -Proto and -Host.',
  }),
  trustRequestId: option.bool({ default: false, description: 'Takes ctx.id from X-Request-Id where the request has it.' }),
  startTimeoutMs: option.int({ default: 10_000, min: 1, description: 'Time one start hook may take.' }),
  stopTimeoutMs: option.int({ default: 10_000, min: 1, description: 'Time one stop hook may take.' }),
  drainTimeoutMs: option.int({ default: 10_000, min: 0, description: 'How long a stop waits for requests in flight.' }),
  headersTimeoutMs: option.int({ default: 30_000, min: 1, description: "Time a client has to send a request's headers." }),
  requestTimeoutMs: option.int({ default: 300_000, min: 1, description: 'Time a client has to send a whole request.' }),
  keepAliveTimeoutMs: option.int({ default: 5_000, min: 1, description: 'How long an idle connection is kept.' }),
})

const statics: ConfigSchema<Partial<StaticConfig>, StaticConfig> = options({
  url: option.string({ default: '/static', pattern: /^\/[\w./-]*$/, description: 'Path under which static files are served.' }),
  maxAge: option.int({
    default: 0,
    min: 0,
    description: 'Seconds that browsers keep a static file without asking; 0 lets them ask each time.',
  }),
})

const log: ConfigSchema<Partial<LogConfig>, LogConfig> = options({
  level: option.oneOf(['debug', 'info', 'warn', 'error', 'silent'], {
    description: 'Least level that is logged; info, and warn in tests.',
  }),
  format: option.oneOf(['json', 'pretty'], { description: 'Form of log lines; pretty in development, json otherwise.' }),
})

/** The schemas of the namespaces of core's own parts. */
export const CORE_NAMESPACES: { readonly [name: string]: ConfigSchema } = { session, limits, server, static: statics, log }

/** The values that belong to the whole app. */
export const CORE_TOP: ConfigSchema<
  { readonly secretKey?: string; readonly secretKeyFallbacks?: readonly string[] },
  { readonly secretKey: string | undefined; readonly secretKeyFallbacks: readonly string[] }
> = options({
  secretKey: option.string({ secret: true, description: 'Key of everything that is signed; 32 characters or more in production.' }),
  secretKeyFallbacks: option.list({ secret: true, description: 'Older keys, still accepted but not used to sign.' }),
})

/** The configuration of core's own parts: `config.<part>.<key>`, `MICRO_<PART>__<KEY>`. */
export interface CoreConfig {
  readonly secretKey: string | undefined
  readonly secretKeyFallbacks: readonly string[]
  readonly session: SessionConfig
  readonly limits: LimitsConfig
  readonly server: ServerConfig
  readonly static: StaticConfig
  readonly log: LogConfig
}

/** What may be given for core's own configuration. An alias, not an interface: only aliases are assignable to index signatures. */
export type CoreConfigInput = {
  readonly secretKey?: string
  readonly secretKeyFallbacks?: readonly string[]
  readonly session?: Partial<SessionConfig>
  readonly limits?: Partial<LimitsConfig>
  readonly server?: Partial<ServerConfig>
  readonly static?: Partial<StaticConfig>
  readonly log?: Partial<LogConfig>
}
