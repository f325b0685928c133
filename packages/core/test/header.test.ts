import { describe, expect, test } from 'vitest'
import { preferred } from '../src/header.ts'
import { nearest } from '../src/nearest.ts'

describe('preferred', () => {
  const offered = ['application/problem+json', 'text/html']
  const cases: readonly (readonly [accept: string | undefined, type: string | undefined])[] = [
    [undefined, 'application/problem+json'],
    ['', 'application/problem+json'],
    ['*/*', 'application/problem+json'],
    ['text/html', 'text/html'],
    ['TEXT/HTML', 'text/html'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
    ['text/*;q=0.5, application/*;q=0.4', 'text/html'],
    ['text/html;q=0, */*', 'application/problem+json'],
    ['text/html;level=1;q=0.2, application/problem+json;q=0.1', 'text/html'],
    ['application/json', undefined],
    ['text/html;q=2', undefined],
    ['text/html;q=x', undefined],
    [',,;', undefined],
  ]
  test.each(cases)('%j: %s', (accept, type) => {
    expect(preferred(accept, offered)).toBe(type)
  })
})

describe('nearest', () => {
  const known = ['poolSize', 'url', 'password', 'session', 'static']
  const cases: readonly (readonly [word: string, near: string | undefined])[] = [
    ['poolsize', 'poolSize'],
    ['poolSiez', 'poolSize'],
    ['pool_size', 'poolSize'],
    ['passwrod', 'password'],
    ['ur', 'url'],
    ['sesion', 'session'],
    ['entirelyOther', undefined],
    ['', undefined],
    ['x', undefined],
  ]
  test.each(cases)('%j: %s', (word, near) => {
    expect(nearest(word, known)).toBe(near)
  })
})
