/** Apps for trials: one extension with its peers in a throw-away folder, watched from outside through what core makes public. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AnyExtension, type Client, type Context, type LogLine, Micro, type MicroOptions } from '@micro/core'
import type { Subject } from './subject.ts'
import { changedGlobals, readGlobals } from './watch.ts'

/** The part of a definition that the suite wraps. Definitions stand under a registered symbol, for any copy of core. */
interface Definition {
  readonly name: string
  readonly version: string
  readonly needs?: { readonly [name: string]: { readonly optional: boolean; readonly range: string } }
  readonly config: {
    readonly '~standard': { readonly jsonSchema: { input(options: { target: 'draft-2020-12' }): { readonly [key: string]: unknown } } }
  }
  readonly effects?: readonly string[]
  initApp(app: object, config: unknown): unknown
}

const DEFINITION: unique symbol = Symbol.for('micro.extension') as never

/** The definition of an extension. */
export function definitionOf(extension: AnyExtension): Definition {
  return (extension as unknown as { readonly [DEFINITION]: Definition })[DEFINITION]
}

/** The same extension, with its `initApp` wrapped. */
export function wrap(
  extension: AnyExtension,
  around: (initApp: (app: object, config: unknown) => unknown, app: object, config: unknown) => unknown,
): AnyExtension {
  const definition = definitionOf(extension)
  const initApp = (app: object, config: unknown): unknown => around((inner, given) => definition.initApp(inner, given), app, config)
  return Object.freeze({ ...extension, [DEFINITION]: Object.freeze({ ...definition, initApp }) }) as unknown as AnyExtension
}

/** A running trial. */
export interface Trial {
  readonly app: Micro
  readonly client: Client
  /** Lines that were logged. */
  readonly lines: readonly LogLine[]
  /** Stops the app and removes its folder. */
  end(): Promise<void>
}

/** How a trial differs from the usual one. */
export interface TrialOptions {
  readonly extension?: AnyExtension
  /** Installed after the extension under test. */
  readonly more?: readonly AnyExtension[]
  /** No extension under test, only its peers. */
  readonly without?: boolean
  readonly config?: { readonly [key: string]: unknown }
  readonly env?: { readonly [name: string]: string }
  readonly options?: Partial<MicroOptions>
}

/** Hooks that take longer are given up by core, which names the extension. */
const PATIENCE = { startTimeoutMs: 4000, stopTimeoutMs: 4000, drainTimeoutMs: 1000 }

/** Makes an app with the extension under test and the routes that the rules use. It is not started. */
export async function tryOut(subject: Subject, options: TrialOptions = {}): Promise<Trial> {
  const folder = await mkdtemp(join(tmpdir(), 'micro-compat-'))
  const lines: LogLine[] = []
  const extension = options.extension ?? subject.create()
  const config = {
    log: { level: 'debug' },
    server: PATIENCE,
    ...subject.peerConfig,
    ...(options.without ? {} : { [extension.name]: options.config ?? subject.config ?? {} }),
  }
  const end = async (app?: Micro): Promise<void> => {
    await app?.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const app: Micro = new Micro({ dirname: folder } as ImportMeta, {
      mode: 'test',
      env: options.env ?? {},
      config,
      logSink: (line) => lines.push(line),
      ...options.options,
    })
    for (const one of subject.peers?.() ?? []) {
      app.use(one as never)
    }
    if (options.without !== true) {
      const before = readGlobals()
      app.use(extension as never)
      noteGlobals(subject, changedGlobals(before, readGlobals()))
    }
    for (const one of options.more ?? []) {
      app.use(one as never)
    }
    addRoutes(app, subject)
    return { app, client: app.client(), lines, end: () => end(app) }
  } catch (error) {
    await end()
    throw error
  }
}

const globals = new WeakMap<Subject['exercise'], Set<string>>()

function noteGlobals({ exercise }: Subject, deeds: readonly string[]): void {
  globals.set(exercise, new Set([...(globals.get(exercise) ?? []), ...deeds]))
}

/** What became of globals while the subject was installed, in any trial so far: it happens but once. */
export function globalsOf({ exercise }: Subject): readonly string[] {
  return [...(globals.get(exercise) ?? [])]
}

function addRoutes(app: Micro, subject: Subject): void {
  app.get('/hello', () => 'Hello')
  app.get('/json', () => ({ hello: 'world' }))
  app.post('/echo', async (ctx) => ({ got: await ctx.readJson() }))
  app.get('/fails', () => {
    throw new Error('on purpose')
  })
  const exercise = async (ctx: Context): Promise<{ readonly result: string }> => ({ result: describe(await subject.exercise(ctx)) })
  app.get('/exercise', exercise)
  app.get('/exercise/fails', async (ctx) => {
    await subject.exercise(ctx)
    throw new Error('on purpose')
  })
  app.get('/exercise/streams', async (ctx) => {
    await subject.exercise(ctx)
    return (async function* () {
      for (let index = 0; index < 1000; index++) {
        yield `${index}\n`
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    })()
  })
  app.get('/misuse', async (ctx) => {
    await subject.misuse(ctx)
    return 'nothing was thrown'
  })
}

/** Asks for a path, whatever comes of it: that is for other rules to say. */
export async function visit({ client }: Trial, path: string): Promise<void> {
  await client.get(path).then(
    (reply) => reply.text(),
    () => undefined,
  )
}

/** A result as a text that can be compared. */
export function describe(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return String(value)
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** An error with everything that caused it, itself first. */
export function causesOf(error: unknown): readonly unknown[] {
  const causes: unknown[] = []
  const waiting: unknown[] = [error]
  while (waiting.length > 0 && causes.length < 20) {
    const at = waiting.shift()
    if (at !== undefined && at !== null) {
      causes.push(at)
      waiting.push((at as { cause?: unknown }).cause, ...(at instanceof AggregateError ? (at.errors as unknown[]) : []))
    }
  }
  return causes
}
