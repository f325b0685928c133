import { inspect } from 'node:util'
import { isMicroError } from '@micro/core'
import { describe, expect, it } from 'vitest'
import { describeLocation, parseDatabaseUrl } from '../src/database-url.ts'

const accepted: readonly [url: string, shown: string][] = [
  [':memory:', ':memory:'],
  ['sqlite::memory:', ':memory:'],
  ['sqlite:data/app.db', 'sqlite:data/app.db'],
  ['sqlite:///var/lib/app.db', 'sqlite:/var/lib/app.db'],
  ['sqlite:/var/lib/my%20app.db', 'sqlite:/var/lib/my app.db'],
  ['file:///var/lib/app.db', 'sqlite:/var/lib/app.db'],
  ['FILE:app.db', 'sqlite:app.db'],
  ['postgres://app:pa55@host:5433/notes?sslmode=require&password=pa55', 'postgres://app@host:5433/notes'],
  ['postgresql://host/notes', 'postgresql://host/notes'],
  ['postgres://app@[::1]:5432/notes', 'postgres://app@[::1]:5432/notes'],
]
const refused: readonly string[] = [
  '',
  'app.db',
  '/var/lib/app.db',
  'C:\\app.db',
  'mysql://u:pa55@h/x',
  'sqlite:',
  'file://',
  'sqlite:a?b',
  'sqlite:a#b',
  'sqlite:a\0b',
  'sqlite:%zz',
  'postgres://',
  'postgres://host',
  'postgres://u:pa55@ho st/x',
]

describe('parseDatabaseUrl', () => {
  it('reads files, memory and servers, and never shows a password', () => {
    expect(accepted.map(([url]) => describeLocation(parseDatabaseUrl(url)))).toEqual(accepted.map(([, shown]) => shown))
  })

  it('refuses everything else, without repeating it', () => {
    for (const url of refused) {
      const error = refusalOf(url)
      expect([url, isMicroError(error) && error.code, inspect(error, { depth: 9, showHidden: true }).includes('pa55')]).toEqual([
        url,
        'MICRO_DB_URL',
        false,
      ])
    }
  })
})

function refusalOf(url: string): unknown {
  try {
    return describeLocation(parseDatabaseUrl(url))
  } catch (error) {
    return error
  }
}
