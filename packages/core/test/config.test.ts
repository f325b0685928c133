import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineExtension, type MicroOptions, micro, option, options } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { microErrorOf } from './micro-error-of.ts'
import { directory, moduleIn } from './template-site.ts'

interface GivenOptions {
  readonly size?: number
  readonly tags?: readonly string[]
  readonly pool?: { readonly size?: number; readonly name?: string }
  readonly password?: string
}

const pool = (given: GivenOptions = {}) =>
  defineExtension({
    name: 'pool',
    version: '1.0.0',
    core: '*',
    config: options({
      size: option.int({ min: 1, max: 99, default: 5, description: 'How many.' }),
      host: option.string(),
      isFast: option.bool({ default: false }),
      mode: option.oneOf(['one', 'two'], { default: 'one' }),
      tags: option.list(),
      password: option.string({ secret: true, minLength: 4 }),
      pool: options({ size: option.int({ default: 1 }), name: option.string() }),
    }),
    options: given,
    initApp: () => ({}),
  })

/** An app in a directory of its own with these files. */
function site(files: { readonly [path: string]: string }, settings: MicroOptions = {}) {
  const root = directory(files)
  return { root, make: (given?: GivenOptions) => micro(moduleIn(root), { env: {}, mode: 'test', ...settings }).use(pool(given)) }
}

describe('configuration', () => {
  describe('precedence (P05)', () => {
    const file = JSON.stringify({ pool: { size: 7 } })
    const sources: readonly (readonly [name: string, layers: number, size: number, source: RegExp])[] = [
      ['the schema default', 0, 5, /^default$/],
      ["the factory's options", 1, 6, /^the options given to pool\(\{ size \}\)$/],
      ['the configuration file', 2, 7, /instance\/config\.json:1$/],
      ['the environment', 3, 8, /^environment variable MICRO_POOL__SIZE$/],
      ['the options of micro()', 4, 9, /^option config\.pool\.size of micro\(\)$/],
    ]
    test.each(sources)('%s wins over what lies below it, and is named as the source', (_, layers, size, source) => {
      const { make } = site(layers >= 2 ? { 'instance/config.json': file } : {}, {
        env: layers >= 3 ? { MICRO_POOL__SIZE: '8' } : {},
        config: layers >= 4 ? { pool: { size: 9 } } : {},
      })
      const app = make(layers >= 1 ? { size: 6 } : {})
      expect(app.config.pool.size).toBe(size)
      const entry = app.configEntries.find(({ key }) => key === 'pool.size')
      expect(entry).toMatchObject({ value: size, variable: 'MICRO_POOL__SIZE', description: 'How many.' })
      expect(entry?.source).toMatch(source)
    })

    test('layers are merged key by key, groups too', () => {
      const { make } = site(
        { 'instance/config.json': JSON.stringify({ pool: { pool: { name: 'file' }, host: 'file' } }) },
        { env: { MICRO_POOL__POOL__SIZE: '4' }, config: { pool: { host: 'option' } } },
      )
      expect(make({ pool: { size: 2, name: 'factory' } }).config.pool).toMatchObject({ pool: { size: 4, name: 'file' }, host: 'option' })
    })

    test('a group given as JSON in one variable keeps its sources', () => {
      const { make } = site(
        { 'instance/config.json': '{"pool": {"pool": {"size": 2, "name": "file"}}}' },
        { env: { MICRO_POOL__POOL: '{"size": 3}' } },
      )
      const app = make()
      expect(app.config.pool.pool).toEqual({ size: 3, name: 'file' })
      const sourceOf = (key: string) => app.configEntries.find((entry) => entry.key === key)?.source
      expect(sourceOf('pool.pool.size')).toBe('environment variable MICRO_POOL__POOL')
      expect(sourceOf('pool.pool.name')).toMatch(/config\.json:1$/)
    })

    test('.env lies below the real environment, and its line is named', () => {
      const { root } = site({ '.env': '# comment\nMICRO_POOL__SIZE=11\n\nexport MICRO_POOL__HOST="from .env"\n' })
      process.env.MICRO_POOL__SIZE = '12'
      try {
        const app = micro(moduleIn(root), { mode: 'test' }).use(pool())
        expect(app.config.pool).toMatchObject({ size: 12, host: 'from .env' })
        expect(app.configEntries.find(({ key }) => key === 'pool.host')?.source).toBe(`${root}/.env:4 (MICRO_POOL__HOST)`)
        expect(app.configEntries.find(({ key }) => key === 'pool.size')?.source).toBe('environment variable MICRO_POOL__SIZE')
      } finally {
        delete process.env.MICRO_POOL__SIZE
      }
    })

    test('what a module or another parser gives is configuration, as an option of the app', () => {
      const parse = (text: string) => Object.fromEntries(text.split('\n').map((line) => line.split(' = ')))
      const { make } = site({}, { config: { pool: parse('host = example.org\nmode = two') } })
      const app = make()
      expect(app.config.pool).toMatchObject({ host: 'example.org', mode: 'two' })
      expect(app.configEntries.find(({ key }) => key === 'pool.host')?.source).toBe('option config.pool.host of micro()')
    })

    test('MICRO_CONFIG names another file, which must be there', async () => {
      const { root, make } = site({ 'other.json': '{"pool": {"size": 3}}' }, { env: {} })
      const named = (path: string) => () => micro(moduleIn(root), { mode: 'test', env: { MICRO_CONFIG: path } }).use(pool())
      expect(named(join(root, 'other.json'))().config.pool.size).toBe(3)
      expect(make().config.pool.size).toBe(5)
      const error = await microErrorOf(named(join(root, 'absent.json')))
      expect(error).toMatchObject({ code: 'MICRO_CONFIG_FILE' })
      expect(error.message).toContain('absent.json')
    })
  })

  describe('text from the environment', () => {
    const texts: readonly (readonly [variable: string, text: string, key: string, value: unknown])[] = [
      ['MICRO_POOL__SIZE', '12', 'size', 12],
      ['MICRO_POOL__IS_FAST', 'true', 'isFast', true],
      ['MICRO_POOL__IS_FAST', 'on', 'isFast', true],
      ['MICRO_POOL__IS_FAST', '0', 'isFast', false],
      ['MICRO_POOL__MODE', 'two', 'mode', 'two'],
      ['MICRO_POOL__HOST', '5', 'host', '5'],
      ['MICRO_POOL__TAGS', 'a, b ,c', 'tags', ['a', 'b', 'c']],
      ['MICRO_POOL__TAGS', '["a,b"]', 'tags', ['a,b']],
      ['MICRO_POOL__TAGS', '', 'tags', []],
    ]
    test.each(texts)('%s=%s', (variable, text, key, value) => {
      expect((site({}, { env: { [variable]: text } }).make().config.pool as { [key: string]: unknown })[key]).toEqual(value)
    })
  })

  describe('after start (P06)', () => {
    test('it is frozen, deeply, and nothing that was given is', async () => {
      const tags = ['a']
      const given = { size: 2, tags, pool: { size: 3 } }
      const overrides = { pool: { pool: { name: 'x' } } }
      const app = site({}, { config: overrides }).make(given)
      await app.start()
      const frozen = [app.config, app.config.pool, app.config.pool.tags, app.config.pool.pool, app.config.session, app.config.server]
      expect(frozen.map(Object.isFrozen)).toEqual(frozen.map(() => true))
      expect(() => Object.assign(app.config.pool, { size: 1 })).toThrow(TypeError)
      expect(() => Object.assign(app.config, { other: 1 })).toThrow(TypeError)
      expect([tags, given, given.pool, overrides, overrides.pool].some(Object.isFrozen)).toBe(false)
      await app.stop()
    })

    test('a list given to two apps is neither shared nor frozen', () => {
      const tags = ['a']
      const one = site({}).make({ tags })
      tags.push('b')
      const other = site({}).make({ tags })
      expect([one.config.pool.tags, other.config.pool.tags]).toEqual([['a'], ['a', 'b']])
    })
  })

  test('entries list every key, secrets masked only where they are set', () => {
    const { make } = site({}, { env: { MICRO_SECRET_KEY: 'k'.repeat(40) } })
    const values = Object.fromEntries(make({ password: 'hunter2' }).configEntries.map(({ key, value }) => [key, value]))
    expect(values).toMatchObject({
      secretKey: '•••',
      secretKeyFallbacks: [],
      'pool.password': '•••',
      'pool.pool.name': undefined,
      'server.port': 3000,
    })
    expect(JSON.stringify(make({ password: 'hunter2' }).configEntries)).not.toContain('hunter2')
    expect(make().configEntries.find(({ key }) => key === 'pool.password')?.value).toBeUndefined()
  })

  test('the file is read as UTF-8, with or without a byte order mark', () => {
    const { root, make } = site({})
    mkdirSync(join(root, 'instance'))
    writeFileSync(join(root, 'instance/config.json'), '\uFEFF{"pool": {"host": "hütte"}}')
    expect(make().config.pool.host).toBe('hütte')
  })
})
