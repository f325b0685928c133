import { describe, expect, test } from 'vitest'
import { nearest } from '../src/errors/nearest.ts'

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
