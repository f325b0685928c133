import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineExtension, isMicroError, micro, option, options } from '@micro/core'
import fc, { type Arbitrary } from 'fast-check'
import type { FuzzTarget } from './fuzz-target.ts'

const KINDS = ['red', 'green'] as const
const DEFAULTS = { text: 'default', count: 1, ratio: 0.5, flag: false, kind: 'red', list: [], inner: 'default' }

const schema = options({
  text: option.string({ default: DEFAULTS.text }),
  count: option.int({ min: 0, max: 100, default: DEFAULTS.count }),
  ratio: option.number({ default: DEFAULTS.ratio }),
  flag: option.bool({ default: DEFAULTS.flag }),
  kind: option.oneOf(KINDS, { default: 'red' }),
  list: option.list(),
  group: options({ inner: option.string({ default: DEFAULTS.inner }) }),
})

type Values = { readonly [K in keyof typeof DEFAULTS]?: unknown }

const word = fc.string({ maxLength: 8 })
const layer: Arbitrary<Values> = fc.record(
  {
    text: word,
    count: fc.nat(100),
    ratio: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    flag: fc.boolean(),
    kind: fc.constantFrom(...KINDS),
    list: fc.array(word, { maxLength: 3 }),
    inner: word,
  },
  { requiredKeys: [] },
)

/** Configuration from all sources at once is what the highest source says of each key, and the app says which that was. */
export const configPrecedence: FuzzTarget = {
  name: 'config-precedence',
  about: 'each key has the value of its highest source, and the source that configEntries names',
  property: fc.asyncProperty(layer, layer, layer, layer, async (factory, file, environment, overrides) => {
    const { app } = install({ factory, file, environment, overrides })
    const expected = { ...DEFAULTS, ...factory, ...file, ...environment, ...overrides }
    const { inner, ...rest } = expected
    assert.deepEqual(app.config.fuzz, JSON.parse(JSON.stringify({ ...rest, group: { inner } })))
    for (const key of Object.keys(DEFAULTS) as (keyof Values)[]) {
      const entry = app.configEntries.find(({ key: name }) => name === `fuzz.${key === 'inner' ? 'group.inner' : key}`)
      assert.match(entry?.source ?? '', sourceOf(key, { factory, file, environment, overrides }), key)
    }
  }) as FuzzTarget['property'],
}

/** A wrong value is refused where it takes effect, and the error names its key and its source. */
export const configRefusal: FuzzTarget = {
  name: 'config-refusal',
  about: 'a wrong value that takes effect is refused, naming its key and source',
  property: fc.asyncProperty(layer, fc.constantFrom('factory', 'file', 'environment', 'overrides'), async (values, where) => {
    const none: Values = {}
    const layers = { factory: none, file: none, environment: none, overrides: none, [where]: { ...values, count: 101 } }
    assert.throws(
      () => install(layers),
      (error) =>
        isMicroError(error) &&
        error.code === 'MICRO_CONFIG_INVALID' &&
        error.message.includes('fuzz.count') &&
        sourceOf('count', layers).test(error.message),
    )
  }) as FuzzTarget['property'],
}

interface Layers {
  readonly factory: Values
  readonly file: Values
  readonly environment: Values
  readonly overrides: Values
}

function install(layers: Layers) {
  const directory = mkdtempSync(join(tmpdir(), 'fuzz-config-'))
  try {
    const path = join(directory, 'config.json')
    writeFileSync(path, JSON.stringify({ fuzz: nested(layers.file) }))
    const env = { MICRO_CONFIG: path, ...variables(layers.environment) }
    const extension = defineExtension({
      name: 'fuzz',
      version: '1.0.0',
      core: '*',
      config: schema,
      options: nested(layers.factory),
      initApp: () => ({ app: {} }),
    })
    const app = micro(import.meta, { mode: 'test', env, logSink: () => undefined, config: { fuzz: nested(layers.overrides) } }).use(
      extension,
    )
    return { app }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

function nested({ inner, ...rest }: Values): object {
  return inner === undefined ? rest : { ...rest, group: { inner } }
}

function variables(values: Values): { [name: string]: string } {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      `MICRO_FUZZ__${key === 'inner' ? 'GROUP__INNER' : key.toUpperCase()}`,
      Array.isArray(value) ? JSON.stringify(value) : String(value),
    ]),
  )
}

function sourceOf(key: keyof Values, { factory, file, environment, overrides }: Layers): RegExp {
  if (key in overrides) {
    return /option config\.fuzz\./
  }
  if (key in environment) {
    return /environment variable MICRO_FUZZ__/
  }
  if (key in file) {
    return /config\.json:\d+/
  }
  return key in factory ? /options given to fuzz/ : /^default$/
}
