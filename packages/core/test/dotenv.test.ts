import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { micro } from '@micro/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { dotenvFiles, readDotenv } from '../src/config/dotenv.ts'
import { directory, moduleIn } from './template-site.ts'
import { vectors, vectorsMissing } from './vectors.ts'

afterEach(() => void vi.unstubAllEnvs())

const valuesOf = (text: string) =>
  Object.fromEntries([...readDotenv(join(directory({ '.env': text }), '.env'))].map(([name, { value }]) => [name, value]))

describe('readDotenv', () => {
  /** Where our answers differ from those of dotenv: nowhere. */
  test.each(vectors<{ file: string; text: string; expected: { [name: string]: string } }>('dotenv.json', 'cases'))(
    `$file is read as dotenv reads it${vectorsMissing}`,
    ({ text, expected }) => expect(valuesOf(text)).toEqual(expected),
  )

  test.each<[what: string, text: string, values: { readonly [name: string]: string }]>([
    ['lines that end with a carriage return too', 'A=1\r\nB="2"\r\n', { A: '1', B: '2' }],
    ['the last of several', 'A=1\nA=2\n', { A: '2' }],
    ['a value of several lines', 'A="x\ny"\nB=1', { A: 'x\ny', B: '1' }],
    ['nothing of lines that say nothing', 'nothing\n=1\n# A=1\n\n', {}],
    ['no variables within values', 'A=1\nB=$A', { A: '1', B: '$A' }],
  ])('reads %s', (_, text, values) => expect(valuesOf(text)).toEqual(values))

  test('names the line of each', () => {
    const file = join(directory({ '.env': '# A=0\nexport A="x\ny"\n\nB=2\nB=3\n' }), '.env')
    expect([...readDotenv(file).values()].map(({ source }) => source)).toEqual([`${file}:2 (A)`, `${file}:6 (B)`])
  })

  test('what is no file is none', () => {
    const root = directory({})
    mkdirSync(join(root, '.env'))
    expect(readDotenv(join(root, '.env')).size).toBe(0)
    expect(readDotenv(join(root, 'absent', '.env')).size).toBe(0)
  })
})

describe('dotenvFiles', () => {
  test.each<[where: string, files: readonly string[], module: string, expected: readonly string[]]>([
    ['beside the package.json', ['package.json'], '', ['.env']],
    ['in src', ['package.json', 'src/x'], 'src', ['.env', 'src/.env']],
    [
      'deep in a package of a workspace',
      ['package.json', 'apps/web/package.json', 'apps/web/src/x'],
      'apps/web/src',
      ['apps/web/.env', 'apps/web/src/.env'],
    ],
  ])('of an app %s', (_, files, module, expected) => {
    const root = directory(Object.fromEntries(files.map((file) => [file, ''])))
    expect(dotenvFiles(join(root, module))).toEqual(expected.map((file) => join(root, file)))
  })

  test.each(['/nowhere/at/all', join(import.meta.dirname, 'node_modules/an-app')])(
    'of an app in %s: the working directory, and its own',
    (root) => {
      expect(dotenvFiles(root)).toEqual([join(process.cwd(), '.env'), `${root}/.env`])
    },
  )
})

describe('the environment of an app', () => {
  const modeAndPort = (root: string, module = '') => {
    const { config, configEntries } = micro(moduleIn(join(root, module)), { mode: 'test' })
    return [config.server.port, configEntries.find(({ key }) => key === 'server.port')?.source]
  }

  test('.env of the project counts for an app in src, one beside the module more, the real environment most', () => {
    const root = directory({ 'package.json': '{}', '.env': 'MICRO_SERVER__PORT=4001\nMICRO_SERVER__HOST=::1', 'src/x': '' })
    expect(modeAndPort(root, 'src')).toEqual([4001, `${root}/.env:1 (MICRO_SERVER__PORT)`])
    const both = directory({ 'package.json': '{}', '.env': 'MICRO_SERVER__PORT=4001', 'src/.env': 'MICRO_SERVER__PORT=4002' })
    expect(modeAndPort(both, 'src')).toEqual([4002, `${both}/src/.env:1 (MICRO_SERVER__PORT)`])
    vi.stubEnv('MICRO_SERVER__PORT', '4003')
    expect(modeAndPort(both, 'src')).toEqual([4003, 'environment variable MICRO_SERVER__PORT'])
  })

  test('an app that is given an environment reads no file', () => {
    const root = directory({ 'package.json': '{}', '.env': 'MICRO_SERVER__PORT=4001' })
    expect(micro(moduleIn(root), { mode: 'test', env: {} }).config.server.port).toBe(3000)
  })

  test('the process is left as it is', () => {
    const root = directory({ '.env': 'MICRO_SERVER__PORT=4001\nOTHER_THING=1', 'package.json': '{}' })
    modeAndPort(root)
    expect([process.env.MICRO_SERVER__PORT, process.env.OTHER_THING]).toEqual([undefined, undefined])
  })

  test('NODE_ENV says nothing', () => {
    vi.stubEnv('NODE_ENV', 'development')
    const root = directory({ '.env': 'NODE_ENV=test' })
    expect(micro(moduleIn(root)).mode).toBe('production')
  })
})
