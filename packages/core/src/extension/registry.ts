/** Everything that was contributed to an app: by itself and by its extensions. */
import type { AppConfig } from '../app/app-config.ts'
import type { ConfigEntry } from '../config/config.ts'
import { collectStep } from '../config/problems.ts'
import { coreError } from '../errors/core-errors.ts'
import type { StaticDirectory } from '../files/static-route.ts'
import type { JsonProvider } from '../json/json.ts'
import type { Log } from '../log/log.ts'
import { toReply } from '../reply/to-reply.ts'
import type { BodyReader, OwnAnswers, RequestParts } from '../request/context-host.ts'
import type { MemberFactory } from '../request/context-members.ts'
import { CORE_CONVERTERS, type Converters } from '../routing/converter.ts'
import type { SessionStore } from '../session/session.ts'
import type { ChooseSessionCookie, SessionKeeper } from '../session/session-keeper.ts'
import type { Templates } from '../templates/templates.ts'
import { Commands } from './command.ts'
import { Deprecations } from './deprecation.ts'
import type { OwnedHealthCheck } from './health.ts'
import { Lifecycle } from './lifecycle.ts'

/** One thing that an extension contributes, as `micro extensions` shows it. */
export interface Contribution {
  readonly kind: string
  readonly detail: string
}

/** An installed extension, as `app.extensions.get(name)` shows it. */
export interface InstalledExtension {
  readonly name: string
  readonly version: string
  /** Version of its member's interface. */
  readonly implements: string
  readonly needs: readonly { readonly name: string; readonly range: string; readonly optional: boolean }[]
  readonly config: readonly ConfigEntry[]
  readonly contributions: readonly Contribution[]
  readonly effects: readonly string[]
  /** Whether a double stands in for it. */
  readonly replaced: boolean
}

/** The installed extensions of an app, by name and in order of installation. */
export interface ExtensionList extends Iterable<InstalledExtension> {
  get(name: string): InstalledExtension | undefined
  has(name: string): boolean
  readonly size: number
}

/** What an app consists of beside routes and hooks. */
export class Registry {
  readonly extensions: Map<string, InstalledExtension> = new Map()
  /** Names of extensions that could not be installed while problems were collected: why they are missing is known already. */
  readonly refused: Set<string> = new Set()
  readonly contextMembers: (readonly [name: string, make: MemberFactory])[] = []
  readonly bodyReaders: Map<string, BodyReader> = new Map()
  readonly health: OwnedHealthCheck[] = []
  readonly statics: StaticDirectory[] = []
  readonly lifecycle: Lifecycle = new Lifecycle()
  readonly commands: Commands = new Commands()
  readonly templates: Templates
  readonly config: AppConfig
  readonly deprecations: Deprecations
  converters: Converters = CORE_CONVERTERS
  sessionStore: SessionStore | null = null
  sessionCookie: ChooseSessionCookie | null = null
  json: JsonProvider
  own: OwnAnswers = { makeReply: null, makeErrorReply: null, answerRequest: null }
  readonly toReply: RequestParts['toReply'] = (result, status, ctx) =>
    this.own.makeReply === null ? toReply(result, status, this.json) : this.own.makeReply(result, status, ctx)
  readonly #winners: Map<string, string> = new Map()
  #sessions: SessionKeeper | null = null

  constructor(templates: Templates, json: JsonProvider, config: AppConfig, log: Log) {
    this.config = config
    this.templates = templates
    this.json = json
    this.deprecations = new Deprecations({ log, config: config.values })
    collectStep(() => this.deprecations.tellConfig(config.entries))
  }

  /** Every effective value of configuration with its source; secrets are masked. */
  get configEntries(): readonly ConfigEntry[] {
    return [...this.config.entries, ...[...this.extensions.values()].flatMap((extension) => extension.config)]
  }

  /** @throws MicroError `MICRO_PART_TAKEN` if another extension sets `what` already. */
  checkClaim(what: string, owner: string, replace: boolean): void {
    const first = this.#winners.get(what)
    if (first !== undefined && first !== owner && !replace) {
      throw coreError('MICRO_PART_TAKEN', { what, first, second: owner })
    }
  }

  /** Notes who sets `what`. */
  claim(what: string, owner: string): void {
    this.#winners.set(what, owner)
  }

  /** Who sets `what`: the app, unless somebody claimed it. */
  ownerOf(what: string): string {
    return this.#winners.get(what) ?? 'app'
  }

  /** What keeps the sessions, once the app has been prepared. */
  get sessions(): SessionKeeper {
    if (this.#sessions === null) {
      throw new Error('A session was asked for before the app was prepared.')
    }
    return this.#sessions
  }

  set sessions(sessions: SessionKeeper) {
    this.#sessions = sessions
  }

  /** @throws MicroError `MICRO_CONVERTER_TAKEN`. */
  addConverters(converters: Converters): void {
    const taken = Object.keys(converters).find((name) => Object.hasOwn(this.converters, name))
    if (taken !== undefined) {
      throw coreError('MICRO_CONVERTER_TAKEN', { name: taken })
    }
    this.converters = { ...this.converters, ...converters }
  }

  /** The list as the app shows it. */
  list(): ExtensionList {
    const { extensions } = this
    return {
      get: (name) => extensions.get(name),
      has: (name) => extensions.has(name),
      get size() {
        return extensions.size
      },
      [Symbol.iterator]: () => extensions.values(),
    }
  }
}
