/** The configuration of one app: core's own parts from the start, a namespace for each extension as it is installed. */
import { type ConfigEntry, type ResolvedConfig, resolveConfig } from '../config/config.ts'
import { unknownKey } from '../config/config-problem.ts'
import { type ConfigSources, NO_SOURCES, readSources, type SourceOptions } from '../config/config-sources.ts'
import { CORE_NAMESPACES, CORE_TOP, type CoreConfig, type CoreConfigInput } from '../config/core-config.ts'
import { MODES, type Mode } from '../config/mode.ts'
import { collectProblem, collectStep } from '../config/problems.ts'
import { resolveSecrets } from '../config/secret.ts'
import { coreError } from '../errors/core-errors.ts'
import type { ConfigSchema } from '../json/standard-schema.ts'
import { Redactor } from '../log/redact.ts'

/** What a class made from the app's has in the place of core's defaults. */
export interface OwnDefaults {
  readonly values: CoreConfigInput
  /** Where it says so, for messages. */
  readonly where: string
}

export class AppConfig {
  readonly sources: ConfigSources
  /** `app.config`: frozen when the app starts. */
  readonly values: CoreConfig
  /** Masks the values of secret keys, whichever extension they belong to. */
  readonly redactor: Redactor = new Redactor(
    () => this.#secretTexts,
    () => this.values.log.redact,
  )
  readonly #entries: ConfigEntry[] = []
  readonly #secretTexts: string[] = []
  readonly #instancePath: string | undefined
  readonly #defaults: OwnDefaults
  #secrets: readonly string[] | null = null

  /** @throws MicroError `MICRO_CONFIG_FILE`, `MICRO_CONFIG_UNKNOWN`, `MICRO_CONFIG_INVALID`. */
  constructor(options: SourceOptions, defaults: OwnDefaults = { values: {}, where: '' }) {
    this.#defaults = defaults
    this.#instancePath = options.instancePath
    this.sources = collectProblem(
      () => readSources(options),
      () => NO_SOURCES,
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
  add(name: string, { value, secrets }: ResolvedConfig): void {
    Object.defineProperty(this.values, name, { value, enumerable: true, configurable: false })
    this.#secretTexts.push(...secrets)
  }

  /** @throws MicroError `MICRO_CONFIG_UNKNOWN` for namespaces, in the file or the options, that neither anybody nor one of `others` has. */
  checkNamespaces(others: Iterable<string> = []): void {
    const known = [...Object.keys(this.values), ...others]
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
    if (this.#secrets === null) {
      this.#secrets = resolveSecrets(secretKey, secretKeyFallbacks, source, mode, this.#instancePath)
      this.#secretTexts.push(...this.#secrets)
    }
    return this.#secrets
  }

  /** The part of the class's own defaults that belongs to a namespace; at the top what belongs to none. */
  #own(name: string): object {
    const { values } = this.#defaults
    return name === ''
      ? Object.fromEntries(Object.entries(values).filter(([key]) => !Object.hasOwn(CORE_NAMESPACES, key)))
      : ((values as { readonly [namespace: string]: object | undefined })[name] ?? {})
  }

  #resolve(name: string, schema: ConfigSchema): ResolvedConfig {
    const resolved = collectProblem(
      () =>
        resolveConfig(name, schema, this.#own(name), this.sources, (path) =>
          [this.#defaults.where, name, ...path].filter(Boolean).join('.'),
        ),
      () => resolveConfig(name, schema, {}, NO_SOURCES),
    )
    this.#entries.push(...resolved.entries)
    this.#secretTexts.push(...resolved.secrets)
    return resolved
  }
}
