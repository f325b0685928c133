/** What `app.use` does: checks in a fixed order, then `initApp`, then everything at once. */
import type { AppConfig } from '../app/app-config.ts'
import { type ResolvedConfig, resolveConfig } from '../config/config.ts'
import { isCollecting, replaceProblem } from '../config/problems.ts'
import { coreError } from '../errors/core-errors.ts'
import { MIDDLEWARE } from '../hooks/middleware.ts'
import { isThenable } from '../hooks/thenable.ts'
import type { MemberFactory } from '../request/context-members.ts'
import type { Double } from './double.ts'
import { type AnyDefinition, DEFINITION, PROTOCOL } from './extension.ts'
import type { Needs } from './need.ts'
import type { Contribution, InstalledExtension } from './registry.ts'
import { isReserved } from './reserved.ts'
import { type RecorderHost, record } from './setup-recorder.ts'
import type { AnyExtension } from './typed.ts'
import { CORE_VERSION, isWithin } from './version.ts'

/** What installations need of the app. */
export interface InstallHost extends RecorderHost {
  readonly app: RecorderHost['app'] & { readonly '~own': { contextClass(): { readonly prototype: object } } }
  readonly config: AppConfig
  readonly doubles: ReadonlyMap<string, Double>
}

/** Packages that are known to provide a member, for messages. */
const PROVIDERS: { readonly [name: string]: string } = {
  db: '@micro/db',
  forms: '@micro/forms',
  uploads: '@micro/uploads',
  auth: '@micro/auth',
}

interface Unmet {
  readonly name: string
  readonly need: string
  /** What was thrown; nothing for an optional need. */
  readonly error: unknown
}

interface MadeMembers {
  readonly app?: unknown
  readonly context?: unknown
}

/** Installs extensions into one app, one after the other. */
export class Installer {
  readonly #host: InstallHost
  readonly #unmet: Unmet[] = []

  constructor(host: InstallHost) {
    this.#host = host
  }

  /** Installs an extension, or leaves everything as it was. @throws MicroError with the code of the first check that fails. */
  use(extension: AnyExtension): void {
    const { definition, protocol } = read(extension)
    const { name } = definition
    const { extensions, refused } = this.#host.registry
    if (Object.keys(definition.needs ?? {}).some((need) => refused.has(need))) {
      // The reason is known already: it is what the needed extension failed with.
      refused.add(name)
      return
    }
    try {
      this.#install(definition, protocol)
      refused.delete(name)
    } catch (error) {
      if (isCollecting() && !extensions.has(name)) {
        refused.add(name)
      }
      throw error
    }
  }

  #install(definition: AnyDefinition, protocol: unknown): void {
    const host = this.#host
    const { name } = definition
    if (protocol !== PROTOCOL) {
      throw coreError('MICRO_PROTOCOL', { name, theirs: protocol, ours: PROTOCOL })
    }
    if (!isWithin(CORE_VERSION, definition.core)) {
      throw coreError('MICRO_CORE_RANGE', { name, version: definition.version, range: definition.core, core: CORE_VERSION })
    }
    checkName(host, name)
    this.#checkNeeds(name, definition.needs ?? {})
    this.#checkOrder(name)
    const config = resolveConfig(name, definition.config, definition.options ?? {}, host.config.sources)
    host.registry.deprecations.tellConfig(config.entries)
    const double = host.doubles.get(name)
    if (double === undefined) {
      const { made, contributions } = initialise(host, definition, config)
      addTo(host, entry(definition, config, contributions), made, config)
    } else {
      addTo(host, { ...entry(definition, config, []), replaced: true }, { app: double.app, context: double.context }, config)
    }
  }

  #checkNeeds(name: string, needs: Needs): void {
    for (const [need, { range, optional }] of Object.entries(needs)) {
      const provider = this.#host.registry.extensions.get(need)
      if (provider === undefined) {
        const hint = PROVIDERS[need] === undefined ? `one that stands under app.${need}` : `npm install ${PROVIDERS[need]}`
        const error = optional ? undefined : coreError('MICRO_NEED_MISSING', { name, need, hint })
        this.#unmet.push({ name, need, error })
        if (error !== undefined) {
          throw error
        }
      } else if (!isWithin(provider.implements, range)) {
        throw coreError('MICRO_NEED_RANGE', { name, need, range, version: provider.implements })
      }
    }
  }

  /** Extensions before this one that need it: they should have come after it. */
  #checkOrder(need: string): void {
    for (const { name, error } of this.#unmet.filter((unmet) => unmet.need === need)) {
      const order = coreError('MICRO_NEED_ORDER', { name, need })
      if (error !== undefined) {
        replaceProblem(error, order)
      } else if (this.#host.registry.extensions.has(name)) {
        throw order
      }
    }
  }
}

function initialise(
  host: InstallHost,
  definition: AnyDefinition,
  config: ResolvedConfig,
): { readonly made: MadeMembers; readonly contributions: readonly Contribution[] } {
  const { name } = definition
  const needed = Object.keys(definition.needs ?? {}).filter((need) => host.registry.extensions.has(need))
  const recording = record(name, host, Object.fromEntries(needed.map((need) => [need, memberOf(host, need)])))
  let made: MadeMembers
  try {
    host.registry.deprecations.installing = name
    for (const [converterName, converter] of Object.entries(definition.converters ?? {})) {
      recording.setup.converter(converterName, converter)
    }
    made = (definition.initApp(recording.setup as never, config.value as never) ?? {}) as MadeMembers
  } catch (error) {
    recording.close(false)
    throw error
  } finally {
    host.registry.deprecations.installing = undefined
  }
  if (isThenable(made)) {
    recording.close(false)
    // What the promise comes to is nobody's: a rejection must not end the process.
    made.then(undefined, () => undefined)
    throw coreError('MICRO_INIT_ASYNC', { name })
  }
  recording.close(true)
  return { made, contributions: [...members(name, made), ...recording.contributions] }
}

function members(name: string, made: MadeMembers): Contribution[] {
  return [
    ...(made.app === undefined ? [] : [{ kind: 'app member', detail: `app.${name}` }]),
    ...(made.context === undefined ? [] : [{ kind: 'context member', detail: `ctx.${name}` }]),
  ]
}

function addTo(host: InstallHost, installed: InstalledExtension, made: MadeMembers, config: ResolvedConfig): void {
  const { name } = installed
  host.registry.extensions.set(name, installed)
  if (made.context !== undefined) {
    host.registry.contextMembers.push([name, made.context as MemberFactory])
  }
  Object.defineProperty(host.app, name, { value: made.app, enumerable: true, configurable: false })
  host.config.add(name, config)
}

function memberOf({ app }: InstallHost, name: string): unknown {
  return (app as unknown as { readonly [name: string]: unknown })[name]
}

function read(extension: AnyExtension): { readonly definition: AnyDefinition; readonly protocol: unknown } {
  const value = extension as unknown
  const parts = typeof value === 'object' && value !== null ? (value as { [DEFINITION]?: AnyDefinition; protocol?: unknown }) : {}
  const definition = parts[DEFINITION]
  if (MIDDLEWARE in parts) {
    throw coreError('MICRO_USE_MIDDLEWARE', {})
  }
  if (definition === undefined) {
    const what = value === null ? 'null' : typeof value === 'function' ? 'a function (was it meant to be called?)' : typeof value
    throw coreError('MICRO_EXTENSION_INVALID', { method: 'use', what, factory: 'a factory such as db()' })
  }
  return { definition, protocol: parts.protocol }
}

function checkName(host: InstallHost, name: string): void {
  const other = host.registry.extensions.get(name)
  if (other !== undefined) {
    throw coreError('MICRO_NAME_TAKEN', { name, other: `version ${other.version}` })
  }
  // What a subclass of the app has is the app's own too.
  if (isReserved(name) || name in host.app || name in host.app['~own'].contextClass().prototype) {
    throw coreError('MICRO_NAME_RESERVED', { name })
  }
}

function entry(definition: AnyDefinition, config: ResolvedConfig, contributions: readonly Contribution[]): InstalledExtension {
  return {
    name: definition.name,
    version: definition.version,
    implements: definition.implements ?? definition.version,
    needs: Object.entries(definition.needs ?? {}).map(([name, { range, optional }]) => ({ name, range, optional })),
    config: config.entries,
    contributions,
    effects: definition.effects ?? [],
    replaced: false,
  }
}
