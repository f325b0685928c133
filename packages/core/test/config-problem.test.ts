import { type ConfigSchema, defineExtension, type MicroOptions, micro, option, options, type StandardIssue } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { microErrorOf } from './micro-error-of.ts'
import { directory, moduleIn } from './template-site.ts'

const SECRET = 'hunter2-and-more'

const pool = (given: object = {}) =>
  defineExtension({
    name: 'pool',
    version: '1.0.0',
    core: '*',
    config: options({
      poolSize: option.int({ min: 1, max: 99, default: 5 }),
      kind: option.oneOf(['one', 'two'], { default: 'one' }),
      password: option.string({ secret: true, pattern: /^\d+$/ }),
      keys: options({ signing: option.string({ secret: true }) }),
    }),
    options: given,
    initApp: () => ({}),
  })

/** A schema of another library, whose issues lie inside of values. */
const listSchema: ConfigSchema<object> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => {
      const { ports = [], tokens = [] } = value as { ports?: number[]; tokens?: string[] }
      const issues: StandardIssue[] = [
        ...ports.flatMap((port, index) => (port > 0 ? [] : [{ message: 'it must be positive', path: ['ports', { key: index }] }])),
        ...tokens.flatMap((token, index) => (token.length < 5 ? [] : [{ message: 'it is too long', path: ['tokens', index] }])),
      ]
      return issues.length > 0 ? { issues } : { value: { ports, tokens } }
    },
    jsonSchema: {
      input: () => ({ type: 'object', properties: { ports: { type: 'array' }, tokens: { type: 'array', writeOnly: true } } }),
      output: () => ({}),
    },
  },
}

const zoned = defineExtension({ name: 'zoned', version: '1.0.0', core: '*', config: listSchema, initApp: () => ({}) })

interface Given {
  readonly factory?: object
  readonly file?: string
  readonly dotenv?: string
  readonly env?: { readonly [name: string]: string }
  readonly option?: object
}

function make({ factory = {}, file, dotenv, env, option: config }: Given) {
  const root = directory({
    ...(file === undefined ? {} : { 'instance/config.json': file }),
    ...(dotenv === undefined ? {} : { '.env': dotenv }),
  })
  const settings: MicroOptions = {
    mode: 'test',
    ...(dotenv === undefined ? { env: env ?? {} } : {}),
    ...(config === undefined ? {} : { config: { ...config } }),
  }
  return async () => {
    const app = micro(moduleIn(root), settings).use(pool(factory)).use(zoned)
    await app.start()
    await app.stop()
  }
}

describe('configuration that is not accepted (P04)', () => {
  interface Case extends Given {
    readonly code: 'MICRO_CONFIG_UNKNOWN' | 'MICRO_CONFIG_INVALID'
    readonly says: readonly string[]
  }
  const cases: readonly Case[] = [
    {
      code: 'MICRO_CONFIG_UNKNOWN',
      factory: { poolsize: 1 },
      says: ["'pool.poolsize'", 'the options given to pool({ poolsize })', "Did you mean 'poolSize'?"],
    },
    {
      code: 'MICRO_CONFIG_UNKNOWN',
      file: '{\n"pool": {\n"poolSiez": 1}}',
      says: ["'pool.poolSiez'", 'config.json:3', "Did you mean 'poolSize'?"],
    },
    {
      code: 'MICRO_CONFIG_UNKNOWN',
      env: { MICRO_POOL__POOL_SIZ: '1' },
      says: ["'pool.poolSiz'", 'environment variable MICRO_POOL__POOL_SIZ', "'poolSize'"],
    },
    {
      code: 'MICRO_CONFIG_UNKNOWN',
      env: { MICRO_POOL__KEYS__SIGNIN: '1' },
      says: ["'pool.keys.signin'", "Did you mean 'signing'?", 'Known here: signing'],
    },
    {
      code: 'MICRO_CONFIG_UNKNOWN',
      dotenv: '\nMICRO_POOL__NOTHING_LIKE_IT=1',
      says: ["'pool.nothingLikeIt'", '/.env:2', 'poolSize, kind, password, keys'],
    },
    {
      code: 'MICRO_CONFIG_UNKNOWN',
      option: { pool: { kinds: 'one' } },
      says: ["'pool.kinds'", 'option config.pool.kinds of micro()', "'kind'"],
    },
    { code: 'MICRO_CONFIG_UNKNOWN', env: { MICRO_SESSION__COOKIE_NAMES: 'x' }, says: ["'session.cookieNames'", "'cookieName'"] },
    {
      code: 'MICRO_CONFIG_UNKNOWN',
      option: { sesion: {} },
      says: ["'sesion'", 'option config.sesion of micro()', "Did you mean 'session'?"],
    },
    { code: 'MICRO_CONFIG_UNKNOWN', file: '{\n\n"poool": {}}', says: ["'poool'", 'config.json:3', "Did you mean 'pool'?"] },
    {
      code: 'MICRO_CONFIG_INVALID',
      factory: { poolSize: 0 },
      says: ['pool.poolSize = 0', 'the options given to pool', 'an integer, 1 or more, 99 or less'],
    },
    {
      code: 'MICRO_CONFIG_INVALID',
      env: { MICRO_POOL__POOL_SIZE: 'many' },
      says: ['pool.poolSize = "many"', 'environment variable MICRO_POOL__POOL_SIZE', 'an integer'],
    },
    {
      code: 'MICRO_CONFIG_INVALID',
      dotenv: 'MICRO_POOL__KIND=three',
      says: ['pool.kind = "three"', '/.env:1 (MICRO_POOL__KIND)', 'Accepted: one, two'],
    },
    { code: 'MICRO_CONFIG_INVALID', file: '{"pool": {\n"kind": 3}}', says: ['pool.kind = 3', 'config.json:2'] },
    { code: 'MICRO_CONFIG_INVALID', file: '{"pool": 3}', says: ['pool = •••', 'config.json:1', 'an object'] },
    { code: 'MICRO_CONFIG_INVALID', option: { session: 'x' }, says: ['session = "x"', 'option config.session of micro()', 'an object'] },
    { code: 'MICRO_CONFIG_INVALID', env: { MICRO_SERVER__PORT: '70000' }, says: ['server.port = 70000', '65535 or less'] },
    {
      code: 'MICRO_CONFIG_INVALID',
      option: { zoned: { ports: [1, -2] } },
      says: ['zoned.ports.1 = [1,-2]', 'option config.zoned.ports of micro()'],
    },
    {
      code: 'MICRO_CONFIG_INVALID',
      env: { MICRO_POOL__PASSWORD: SECRET },
      says: ['pool.password = •••', 'environment variable MICRO_POOL__PASSWORD'],
    },
    { code: 'MICRO_CONFIG_INVALID', option: { pool: { keys: SECRET } }, says: ['pool.keys = •••'] },
    { code: 'MICRO_CONFIG_INVALID', option: { zoned: { tokens: [SECRET] } }, says: ['zoned.tokens.0 = •••'] },
    { code: 'MICRO_CONFIG_INVALID', factory: { keys: { signing: 5 } }, says: ['pool.keys.signing = •••'] },
  ]
  test.each(cases)('$code: $says.0 (from $says.1)', async ({ code, says, ...given }) => {
    const error = await microErrorOf(make(given))
    expect(error.code).toBe(code)
    for (const part of says) {
      expect(error.message).toContain(part)
    }
    expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain(SECRET)
  })

  test('a file that is no JSON: its line is named, nothing of it is quoted', async () => {
    const error = await microErrorOf(make({ file: `{\n"pool": {\n"password": ${SECRET}\n}}` }))
    expect(error.code).toBe('MICRO_CONFIG_FILE')
    expect(error.message).toMatch(/config\.json cannot be read: line 3 is not JSON/)
    expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain('hunter2')
  })

  test.each(['[]', '5', 'null'])('a file that holds %s is refused', async (file) => {
    expect(await microErrorOf(make({ file }))).toMatchObject({ code: 'MICRO_CONFIG_FILE' })
  })

  test('variables of extensions that are not installed are left alone', async () => {
    await make({ env: { MICRO_ABSENT__KEY: '1', MICRO_SOMETHING: 'x', OTHER__KEY: '1' } })()
  })

  test('MICRO_MODE that is no mode names its source', async () => {
    const error = await microErrorOf(() => micro(import.meta, { env: { MICRO_MODE: 'prod' } }))
    expect(error.code).toBe('MICRO_MODE_INVALID')
    expect(error.message).toContain("'prod' (from environment variable MICRO_MODE)")
  })

  const schemas: readonly (readonly [what: string, schema: unknown])[] = [
    ['describes itself in no way', { '~standard': { version: 1, vendor: 'x', validate: () => ({ value: {} }) } }],
    ['validates asynchronously', { ...options({}), '~standard': { ...options({})['~standard'], validate: async () => ({ issues: [] }) } }],
    ['is none', undefined],
  ]
  test.each(schemas)('a schema that %s is refused', async (_, schema) => {
    const extension = defineExtension({ name: 'odd', version: '1.0.0', core: '*', config: schema as never, initApp: () => ({}) })
    expect(await microErrorOf(() => micro(import.meta, { env: {} }).use(extension))).toMatchObject({ code: 'MICRO_CONFIG_SCHEMA' })
  })
})
