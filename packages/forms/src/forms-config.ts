import { type ConfigSchema, option, options, trustedOriginProblem } from '@micro/core'

/** How much one form, query or JSON document may hold. */
export interface FormLimits {
  /** Most fields of a form or query; more are 413 (a query: 414). */
  readonly maxFields: number
  /** Longest field name in bytes of UTF-8; a longer one is 413 (a query: 414). */
  readonly maxNameBytes: number
  /** Longest text of a field, and of a text in JSON, in bytes of UTF-8; a longer one is 413 (a query: 414). */
  readonly maxValueBytes: number
  /** Most levels of a nested field name, such as 3 in `items[0][name]`; more are 400. */
  readonly maxDepth: number
  /** Most levels of a JSON document; more are 400. */
  readonly maxJsonDepth: number
  /** Most items of one list, unless the schema itself allows more; checked before the schema is. */
  readonly maxItems: number
  /** Most values of a JSON document in all; more are 413. */
  readonly maxValues: number
  /** Longest text, in UTF-16 units, that is checked against a regular expression of the schema's author, unless its own maximum is larger. */
  readonly maxPatternLength: number
  /** What a field sent twice is where the schema expects one value: refused with 400, or its last value. */
  readonly duplicates: 'refuse' | 'last'
}

/** What `config.forms` comes to. */
export interface FormsConfig extends FormLimits {
  /** Origins whose pages may send unsafe requests, such as `https://admin.example.com`: scheme, host and port exactly. */
  readonly trustedOrigins: readonly string[]
  /** Lets pages of the same site (other subdomains, other ports, other schemes) send unsafe requests. */
  readonly allowSameSite: boolean
  /** Refuses requests with cookies that say nothing about where they come from. */
  readonly strict: boolean
  /** `log` lets refused requests pass and writes a warning. */
  readonly mode: 'enforce' | 'log'
  /** Names, or whole paths as declared, of routes that other sites may call. */
  readonly allowCrossSite: readonly string[]
}

/** What may be given for `config.forms`, and to `forms()`. */
export type FormsOptions = { readonly [K in keyof FormsConfig]?: FormsConfig[K] }

/** The schema of `config.forms`. */
export const FormsConfigSchema: ConfigSchema<FormsOptions, FormsConfig> = options({
  trustedOrigins: option.list({
    items: trustedOriginProblem,
    description: 'Origins whose pages may send unsafe requests: scheme, host and port exactly.',
  }),
  allowSameSite: option.bool({
    default: false,
    description: 'Lets pages of the same site (subdomains, other ports) send unsafe requests.',
  }),
  strict: option.bool({ default: false, description: 'Refuses requests with cookies that say nothing about where they come from.' }),
  mode: option.oneOf(['enforce', 'log'], { default: 'enforce', description: 'log lets cross-site requests pass and writes a warning.' }),
  allowCrossSite: option.list({ description: 'Names, or whole paths as declared, of routes that other sites may call.' }),
  maxFields: option.int({ default: 1_000, min: 1, description: 'Most fields of a form or query.' }),
  maxNameBytes: option.int({ default: 100, min: 1, description: 'Longest field name in bytes.' }),
  maxValueBytes: option.int({ default: 1_048_576, min: 1, description: 'Longest text of a field, or in JSON, in bytes.' }),
  maxDepth: option.int({ default: 8, min: 1, max: 64, description: 'Most levels of a nested field name.' }),
  maxJsonDepth: option.int({ default: 64, min: 1, max: 1_000, description: 'Most levels of a JSON document.' }),
  maxItems: option.int({ default: 1_000, min: 0, description: 'Most items of one list, unless the schema allows more.' }),
  maxValues: option.int({ default: 20_000, min: 1, description: 'Most values of a JSON document in all.' }),
  maxPatternLength: option.int({ default: 10_000, min: 1, description: 'Longest text checked against a regular expression of a schema.' }),
  duplicates: option.oneOf(['refuse', 'last'], {
    default: 'refuse',
    description: 'What a field sent twice is where one value is expected.',
  }),
})

const defaults = FormsConfigSchema['~standard'].validate({})

/** What holds where `forms()` is not installed. */
export const DEFAULT_LIMITS: FormLimits = Object.freeze('value' in defaults ? defaults.value : {}) as FormsConfig
