/** Everything that was contributed to an app: by itself and by its extensions. */
import { Commands } from './command.ts'
import type { ConfigEntry } from './config.ts'
import type { MemberFactory } from './context-members.ts'
import { CORE_CONVERTERS } from './converter.ts'
import { coreError } from './core-errors.ts'
import { Lifecycle } from './lifecycle.ts'
import type { Converters } from './path-pattern.ts'
import type { SessionStore } from './session.ts'
import type { BodyReader, HealthCheck, JsonProvider } from './setup.ts'
import type { Templates } from './templates.ts'

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

/** Static files below a name: `<static url>/<name>/…`. */
export interface StaticDirectory {
  readonly namespace: string
  readonly directory: string
}

/** What an app consists of beside routes and hooks. */
export class Registry {
  readonly extensions: Map<string, InstalledExtension> = new Map()
  readonly contextMembers: (readonly [name: string, make: MemberFactory])[] = []
  readonly bodyReaders: Map<string, BodyReader> = new Map()
  readonly health: { readonly name: string; readonly check: HealthCheck }[] = []
  readonly statics: StaticDirectory[] = []
  readonly lifecycle: Lifecycle = new Lifecycle()
  readonly commands: Commands = new Commands()
  readonly templates: Templates
  converters: Converters = CORE_CONVERTERS
  sessionStore: SessionStore | null = null
  json: JsonProvider
  readonly #winners: Map<string, string> = new Map()

  constructor(templates: Templates, json: JsonProvider) {
    this.templates = templates
    this.json = json
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
