/** What is known of an error, as plain data without secrets: the debug page shows it, and it travels from process to process. */
import type { ConfigEntry } from '../config/config.ts'
import { isMicroError } from '../errors/micro-error.ts'
import { CORE_VERSION } from '../extension/version.ts'
import { blameFields } from '../hooks/hooks.ts'
import { MASK, type Redactor } from '../log/redact.ts'
import type { RequestContext } from '../request/request-context.ts'
import { type DebugFrame, type DebugPlace, frameAt, framesOf, templateFrames } from './debug-frames.ts'

/** One error of a report. */
export interface DebugError {
  readonly name: string
  readonly message: string
  readonly code?: string
  /** What to do about it. */
  readonly fix?: string
  readonly frames: readonly DebugFrame[]
  readonly cause?: DebugError
  /** The errors that an AggregateError gathers. */
  readonly errors?: readonly DebugError[]
}

/** A name and a value, in words. */
export type DebugPair = readonly [name: string, value: string]

/** The request that failed. */
export interface DebugRequest {
  readonly method: string
  readonly url: string
  readonly id: string
  readonly route?: string
  readonly params: readonly DebugPair[]
  readonly query: readonly DebugPair[]
  readonly headers: readonly DebugPair[]
  readonly cookies: readonly DebugPair[]
}

/** Everything. */
export interface DebugReport {
  readonly status: number
  readonly app: string
  readonly mode: string
  readonly versions: string
  readonly error: DebugError
  /** Whose code failed, where it is not the app's own: `extension 'db'`, `blueprint notes`. */
  readonly owner?: string
  readonly request?: DebugRequest
  readonly config?: readonly ConfigEntry[]
}

/** How far causes are followed. */
const MOST_CAUSES = 10

/** The report of an error that a request failed with. */
export function reportOf(ctx: RequestContext, error: unknown, status: number): DebugReport {
  const { app } = ctx
  const { redactor } = app['~registry'].config
  const { extension, blueprint } = blameFields(error)
  const owner = extension === undefined ? (blueprint === undefined ? undefined : `blueprint ${blueprint}`) : `extension '${extension}'`
  return {
    status,
    app: app.name,
    mode: app.mode,
    versions: VERSIONS,
    error: withRoute(errorOf(error, app.rootPath ?? '', redactor), isCut(error), ctx),
    ...(owner === undefined ? {} : { owner }),
    request: requestOf(ctx, redactor),
    config: app['~registry'].configEntries.map((entry) => ({ ...entry, value: redactor.plain(entry.value) })),
  }
}

/** Where dispatch called none of the app's own code, such as after a handler that returned nothing, the route is where to look. */
function withRoute(error: DebugError, isCut: boolean, { matchedRoute, app }: RequestContext): DebugError {
  const [, path, line] = /^(.*):(\d+)$/.exec(matchedRoute?.record.where ?? '') ?? []
  const dispatch = error.frames.findIndex(({ call, file }) => call === 'dispatch' && file.startsWith('@micro/core/'))
  // Where the stack does not reach as far as dispatch, code of the app may be what is missing.
  const isUnknown = dispatch < 0 && isCut
  if (path === undefined || isUnknown || error.frames.slice(0, dispatch < 0 ? undefined : dispatch).some(({ owner }) => owner === 'app')) {
    return error
  }
  const route = frameAt({ call: 'where the route is declared', path, line: Number(line), column: 0 }, app.rootPath ?? '')
  return { ...error, frames: [route, ...error.frames] }
}

/** Whether a stack is as long as the engine makes them. */
function isCut(error: unknown): boolean {
  const { stack = '' } = error instanceof Error ? error : {}
  return stack.split('\n').filter((line) => /^\s+at /.test(line)).length >= Error.stackTraceLimit
}

/** The report of an app that could not be loaded or started. `place` is where to look first, if the error does not know. */
export function startReport(error: unknown, root: string, redactor: Redactor, place?: DebugPlace): DebugReport {
  const told = errorOf(error, root, redactor)
  const frames = place === undefined ? told.frames : [frameAt(place, root), ...told.frames]
  return { status: 503, app: 'app', mode: 'development', versions: VERSIONS, error: { ...told, frames } }
}

/** An error for a program: places as texts, source only where the app's own code is. */
export function errorForPrograms({ frames, cause, errors, ...rest }: DebugError): object {
  return {
    ...rest,
    stack: frames.map(({ call, file, line, column }) => `${call === '' ? '' : `${call} `}${file}:${line}:${column}`),
    source: frames.find(({ owner }) => owner === 'app')?.source?.lines,
    ...(cause === undefined ? {} : { cause: errorForPrograms(cause) }),
    ...(errors === undefined ? {} : { errors: errors.map(errorForPrograms) }),
  }
}

const VERSIONS = `Micro ${CORE_VERSION} · Node ${process.versions.node}`

function errorOf(error: unknown, root: string, redactor: Redactor, depth = 0): DebugError {
  if (!(error instanceof Error)) {
    return { name: 'Thrown', message: redactor.text(typeof error === 'string' ? error : inspect(redactor.plain(error))), frames: [] }
  }
  const below = (each: unknown): DebugError => errorOf(each, root, redactor, depth + 1)
  const { cause, code, errors } = error as { readonly cause?: unknown; readonly code?: unknown; readonly errors?: unknown }
  const fix = isMicroError(error) ? error.fix : undefined
  return {
    name: error.name,
    message: redactor.text(fix === undefined ? error.message : error.message.slice(0, -fix.length).trimEnd()),
    ...(typeof code === 'string' ? { code } : {}),
    ...(fix === undefined ? {} : { fix: redactor.text(fix) }),
    frames: [...(code === 'MICRO_TEMPLATE_FAILED' ? templateFrames(fix, root) : []), ...framesOf(error, root)].map((frame) =>
      frame.source === undefined
        ? frame
        : { ...frame, source: { ...frame.source, lines: frame.source.lines.map((line) => redactor.text(line)) } },
    ),
    ...(cause === undefined || depth >= MOST_CAUSES ? {} : { cause: below(cause) }),
    ...(Array.isArray(errors) && depth < MOST_CAUSES ? { errors: errors.slice(0, MOST_CAUSES).map(below) } : {}),
  }
}

function requestOf(ctx: RequestContext, redactor: Redactor): DebugRequest {
  const masked = (name: string, value: unknown): DebugPair => [
    name,
    redactor.hides(name)
      ? MASK
      : typeof value === 'string'
        ? withoutSecrets(value, redactor)
        : redactor.text(inspect(redactor.plain(value))),
  ]
  const headers: DebugPair[] = []
  ctx.headers.forEach((value, name) => {
    headers.push(masked(name, value))
  })
  const pairs = (entries: Iterable<readonly [string, unknown]>): DebugPair[] => [...entries].map(([name, value]) => masked(name, value))
  const route = ctx.matchedRoute
  return {
    method: ctx.method,
    // The query stands below, masked.
    url: redactor.text(ctx.path),
    id: ctx.id,
    ...(route === null ? {} : { route: `${route.path} (${route.name ?? 'without a name'}), declared at ${route.record.where}` }),
    params: pairs(Object.entries(ctx.params)),
    query: pairs(ctx.query),
    headers: headers.filter(([name]) => name !== 'cookie'),
    cookies: Object.keys(ctx.cookies).map((name) => [name, MASK]),
  }
}

/** A name and a value of a query or a fragment: URLs stand in `Referer`, in headers of proxies, and in queries again. */
const PAIR_IN_URL = /(?<=[?&;#])([^=?&;#\s]+)=([^&;#\s]*)/g

function withoutSecrets(text: string, redactor: Redactor): string {
  return redactor.text(text).replace(PAIR_IN_URL, (pair, name: string) => (redactor.hides(decoded(name)) ? `${name}=${MASK}` : pair))
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

function inspect(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
