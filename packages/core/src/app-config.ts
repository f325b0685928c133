/** The configuration of one app: core's own parts from the start, a namespace for each extension as it is installed. */
import { type ConfigEntry, type ResolvedConfig, resolveConfig } from './config.ts'
import { unknownKey } from './config-problem.ts'
import { type ConfigLayer, type ConfigSources, readSources, type SourceOptions } from './config-sources.ts'
import { CORE_NAMESPACES, CORE_TOP, type CoreConfig } from './core-config.ts'
import { coreError } from './core-errors.ts'
import { MODES, type Mode } from './mode.ts'
import { collectProblem, collectStep } from './problems.ts'
import { resolveSecrets } from './secret.ts'
import type { ConfigSchema } from './standard-schema.ts'

const NOTHING: ConfigLayer = { values: {}, source: () => '' }

export class AppConfig {
  readonly sources: ConfigSources
  /** `app.config`: frozen when the app starts. */
  readonly values: CoreConfig
  readonly #entries: ConfigEntry[] = []
  readonly #instancePath: string | undefined
  #secrets: readonly string[] | null = null

  /** @throws MicroError `MICRO_CONFIG_FILE`, `MICRO_CONFIG_UNKNOWN`, `MICRO_CONFIG_INVALID`. */
  constructor(options: SourceOptions) {
    this.#instancePath = options.instancePath
    this.sources = collectProblem(
      () => readSources(options),
      () => ({ file: NOTHING, environment: new Map(), overrides: NOTHING }),
    )
    const parts = Object.entries(CORE_NAMESPACES).map(([name, schema]) => [name, this.#resolve(name, schema).value])
    this.values = { ...(this.#resolve('', CORE_TOP).value as object), ...Object.fromEntries(parts) } as CoreConfig
  }

  /** Every effective value of core's own parts with its source. */
  get entries(): readonly ConfigEntry[] {
    return this.#entries
  }

  /** What `MICRO_MODE` says. @throws MicroError `MICRO_MODE_INVALID`. */
  get mode(): Mode | undefined {
    const given = this.sources.environment.get('MICRO_MODE')
    const known = MODES.find((mode) => mode === given?.value)
    if (given !== undefined && known === undefined) {
      collectStep(() => {
        throw coreError('MICRO_MODE_INVALID', { mode: given.value, source: given.source })
      })
    }
    return known
  }

  /** Adds the namespace of an extension. */
  add(name: string, value: unknown): void {
    Object.defineProperty(this.values, name, { value, enumerable: true, configurable: false })
  }

  /** @throws MicroError `MICRO_CONFIG_UNKNOWN` for namespaces, in the file or the options, that nobody has. */
  checkNamespaces(): void {
    const known = Object.keys(this.values)
    for (const layer of [this.sources.file, this.sources.overrides]) {
      for (const key of Object.keys(layer.values)) {
        if (!known.includes(key)) {
          throw unknownKey(key, layer.source([key]), known)
        }
      }
    }
  }

  /** What signs, the newest first; resolved once. @throws MicroError `MICRO_SECRET_MISSING`, `MICRO_SECRET_SHORT`. */
  secrets(mode: Mode): readonly string[] {
    const { secretKey, secretKeyFallbacks } = this.values
    const source = this.#entries.find((entry) => entry.key === 'secretKey')?.source ?? 'default'
    this.#secrets ??= resolveSecrets(secretKey, secretKeyFallbacks, source, mode, this.#instancePath)
    return this.#secrets
  }

  #resolve(name: string, schema: ConfigSchema): ResolvedConfig {
    const defaults: ConfigSources = { file: NOTHING, environment: new Map(), overrides: NOTHING }
    const resolved = collectProblem(
      () => resolveConfig(name, schema, {}, this.sources),
      () => resolveConfig(name, schema, {}, defaults),
    )
    this.#entries.push(...resolved.entries)
    return resolved
  }
}
