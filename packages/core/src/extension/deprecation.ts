/** What will be removed is deprecated first, with a code: it still works, and says so once for each place that uses it. */
import { type ConfigEntry, DEFAULT_SOURCE } from '../config/config.ts'
import { isCollecting } from '../config/problems.ts'
import { coreError } from '../errors/core-errors.ts'
import { MicroError } from '../errors/micro-error.ts'
import type { Log } from '../log/log.ts'

/** How an app takes it where something deprecated is used: it logs a warning, or it throws. */
export type DeprecationMode = 'warn' | 'error'

/** A deprecated thing that was used. */
export interface Deprecation {
  readonly code: string
  /** What is used, and what to do instead. */
  readonly message: string
  /** File and line, or the source of a value of configuration. */
  readonly where: string
}

const SLOT: unique symbol = Symbol.for('micro.deprecations')

interface Slots {
  [SLOT]?: DeprecationMode | undefined
}

/** What the command line said, for every app of this process; an app's configuration says it otherwise. */
export function deprecationMode(): DeprecationMode | undefined {
  return (globalThis as Slots)[SLOT]
}

/** Says it for every app of this process, whichever copy of core it is made with. */
export function setDeprecationMode(mode: DeprecationMode | undefined): void {
  ;(globalThis as Slots)[SLOT] = mode
}

/** What an app hears of deprecated things that are used with it. */
export class Deprecations {
  readonly #host: { readonly log: Log; readonly config: { readonly deprecations: DeprecationMode } }
  readonly #met: Map<string, Deprecation> = new Map()
  /** The extension whose `initApp` runs: what is used meanwhile, it uses. */
  installing: string | undefined

  constructor(host: { readonly log: Log; readonly config: { readonly deprecations: DeprecationMode } }) {
    this.#host = host
  }

  /** Those that were met so far, each place once. */
  get list(): readonly Deprecation[] {
    return [...this.#met.values()]
  }

  /**
   * Tells of a use: `notice` says what is deprecated since when, and its fix what to use instead.
   * @throws the notice, with the place, where deprecations are errors.
   */
  tell(notice: MicroError, where: string): void {
    const { code, fix } = notice
    const by = this.installing
    const what = notice.message.slice(0, notice.message.length - fix.length).trimEnd()
    const place = notice.message.includes(where) ? '' : ` It is used${by === undefined ? '' : ` by extension '${by}'`} at ${where}.`
    const told = new MicroError(code, `${what}${place}`, fix)
    if ((deprecationMode() ?? this.#host.config.deprecations) === 'error') {
      throw told
    }
    const key = `${code} ${where}`
    if (!this.#met.has(key)) {
      this.#met.set(key, { code, message: told.message, where })
      // The command line shows what is collected.
      if (!isCollecting()) {
        this.#host.log.warn(told.message, { deprecated: code, where, ...(by === undefined ? {} : { extension: by }) })
      }
    }
  }

  /** Tells of the deprecated keys of a configuration that were given a value. @throws MicroError `MICRO_CONFIG_DEPRECATED`, as `tell` does. */
  tellConfig(entries: readonly ConfigEntry[]): void {
    for (const { key, source, description, deprecated } of entries) {
      if (deprecated && source !== DEFAULT_SOURCE) {
        this.tell(coreError('MICRO_CONFIG_DEPRECATED', { key, source, instead: description ?? 'Remove it.' }), source)
      }
    }
  }
}
