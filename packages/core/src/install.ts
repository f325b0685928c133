/** What `app.use` does: checks in a fixed order, then `initApp`, then everything at once. */
import satisfies from 'semver/functions/satisfies.js'
import { type ResolvedConfig, resolveConfig } from './config.ts'
import type { ConfigSources } from './config-sources.ts'
import { coreError } from './core-errors.ts'
import type { Double } from './double.ts'
import { type AnyDefinition, type AnyExtension, DEFINITION, type Needs, PROTOCOL } from './extension.ts'
import type { InstalledExtension } from './registry.ts'
import type { MemberFactory } from './request-context.ts'
import { type RecorderHost, record } from './setup-recorder.ts'
import { isThenable } from './thenable.ts'
import { CORE_VERSION } from './version.ts'

/** What an installation needs of the app. */
export interface InstallHost extends RecorderHost {
  readonly sources: ConfigSources
  readonly doubles: ReadonlyMap<string, Double>
  /** Whether `name` is a member of core's own, on the app or the context. */
  isReserved(name: string): boolean
  /** The app's member of that name. */
  member(name: string): unknown
  /** Puts the installed extension in its place. */
  addMember(name: string, app: unknown, config: unknown): void
}

/** Packages that are known to provide a member, for messages. */
const PROVIDERS: { readonly [name: string]: string } = { db: '@micro/db', forms: '@micro/forms', uploads: '@micro/uploads', auth: '@micro/auth' }

/** Installs an extension, or leaves everything as it was. @throws MicroError with the code of the first check that fails. */
export function install(host: InstallHost, extension: AnyExtension): void {
  const { definition, protocol } = read(extension)
  const { name } = definition
  if (protocol !== PROTOCOL) {
    throw coreError('MICRO_PROTOCOL', { name, theirs: protocol, ours: PROTOCOL })
  }
  if (!satisfies(CORE_VERSION, definition.core, { includePrerelease: true })) {
    throw coreError('MICRO_CORE_RANGE', { name, version: definition.version, range: definition.core, core: CORE_VERSION })
  }
  checkName(host, name)
  checkNeeds(host, name, definition.needs ?? {})
  const config = resolveConfig(name, definition.config, definition.options ?? {}, host.sources)
  const replacement = host.doubles.get(name)
  if (replacement === undefined) {
    initialise(host, definition, config)
  } else {
    addTo(host, entry(definition, config, replacement.version, []), { app: replacement.app, context: replacement.context }, config)
  }
}

function initialise(host: InstallHost, definition: AnyDefinition, config: ResolvedConfig): void {
  const { name } = definition
  const members: { [name: string]: unknown } = {}
  for (const needed of Object.keys(definition.needs ?? {})) {
    if (host.registry.extensions.has(needed)) {
      members[needed] = host.member(needed)
    }
  }
  const recording = record(name, host, members)
  let made: { readonly app?: unknown; readonly context?: unknown }
  try {
    made = (definition.initApp(recording.setup as never, config.value as never) ?? {}) as typeof made
  } catch (error) {
    recording.close(false)
    throw error
  }
  if (isThenable(made)) {
    recording.close(false)
    // What the promise comes to is nobody's: a rejection must not end the process.
    made.then(undefined, () => undefined)
    throw coreError('MICRO_INIT_ASYNC', { name })
  }
  recording.close(true)
  addTo(host, entry(definition, config, definition.implements ?? definition.version, recording.contributions), made, config)
}

function addTo(host: InstallHost, installed: InstalledExtension, made: { readonly app?: unknown; readonly context?: unknown }, config: ResolvedConfig): void {
  const { name } = installed
  host.registry.extensions.set(name, installed)
  if (made.context !== undefined) {
    host.registry.contextMembers.push([name, made.context as MemberFactory])
  }
  host.addMember(name, made.app, config.value)
}

function read(extension: AnyExtension): { readonly definition: AnyDefinition; readonly protocol: unknown } {
  const value = extension as unknown
  const parts = typeof value === 'object' && value !== null ? (value as { [DEFINITION]?: AnyDefinition; protocol?: unknown }) : {}
  const definition = parts[DEFINITION]
  if (definition === undefined) {
    throw coreError('MICRO_EXTENSION_INVALID', { what: value === null ? 'null' : typeof value === 'function' ? 'a function (was it meant to be called?)' : typeof value })
  }
  return { definition, protocol: parts.protocol }
}

function checkName(host: InstallHost, name: string): void {
  if (host.isReserved(name)) {
    throw coreError('MICRO_NAME_RESERVED', { name })
  }
  const other = host.registry.extensions.get(name)
  if (other !== undefined) {
    throw coreError('MICRO_NAME_TAKEN', { name, other: `version ${other.version}` })
  }
}

function checkNeeds(host: InstallHost, name: string, needs: Needs): void {
  for (const [needed, { range, optional }] of Object.entries(needs)) {
    const provider = host.registry.extensions.get(needed)
    if (provider === undefined) {
      if (!optional) {
        const hint = PROVIDERS[needed] === undefined ? `one that stands under app.${needed}` : `npm install ${PROVIDERS[needed]}`
        throw coreError('MICRO_NEED_MISSING', { name, need: needed, hint })
      }
    } else if (!satisfies(provider.implements, range, { includePrerelease: true })) {
      throw coreError('MICRO_NEED_RANGE', { name, need: needed, range, version: provider.implements })
    }
  }
}

function entry(definition: AnyDefinition, config: ResolvedConfig, implemented: string, contributions: InstalledExtension['contributions']): InstalledExtension {
  return {
    name: definition.name,
    version: definition.version,
    implements: implemented,
    needs: Object.entries(definition.needs ?? {}).map(([name, { range, optional }]) => ({ name, range, optional })),
    config: config.entries,
    contributions,
    effects: definition.effects ?? [],
    replaced: contributions.length === 0 && implemented !== (definition.implements ?? definition.version),
  }
}
