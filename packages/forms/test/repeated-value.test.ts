import { micro, type StandardIssue, type StandardSchema } from '@micro/core'
import { describe, expect, it } from 'vitest'
import { body, form, query } from '../src/index.ts'
import { repeatsValue } from '../src/repeated-value.ts'

describe('repeatsValue', () => {
  it.each<[message: string, value: unknown, expected: boolean]>([
    ['Invalid format: Expected /^\\d{8}$/ but received "SECRET1"', 'SECRET1', true],
    ['must be matched by ^\\d{8}$ (was "SECRET1")', 'SECRET1', true],
    ["must not be 'SECRET1'", 'SECRET1', true],
    ['`SECRET1` is refused', ' SECRET1 ', true],
    ['received "secret1"', 'SECRET1', true],
    ['was "SE\\"CRET"', 'SE"CRET', true],
    ['received "SE"CRET"', 'SE"CRET', true],
    ['must be a string (was SECRET1)', 'SECRET1', true],
    ['Invalid value: Expected <=9 but received 1234', 1234, true],
    ['must be negative (was 1234)', 1234, true],
    ['must be negative (was 1234)', 1234n, true],
    ['received "2026-01-01T00:00:00.000Z"', new Date('2026-01-01'), true],
    ['must be less (was {"pin":"SECRET1"})', { pin: 'SECRET1' }, true],
    ['must be less (was [{ pin: "SECRET1" }])', [{ pin: ['SECRET1'] }], true],
    ['must be less (was [{ pin: 1234 }])', [{ pin: 1234 }], false],
    ['Please give a valid address.', 'a', false],
    ['must be "abc"', 'a', false],
    ['must be at least 3 characters', '3', false],
    ['must be at least 3 characters (was 12)', 'abc', false],
    ['Expected >=3 but received 21', 2, false],
    ['Expected "a" but received ""', '', false],
    ['Expected "pin" but received undefined', undefined, false],
    ['Expected "pin" but received null', null, false],
    ['Expected "pin" but received Object', { title: 'x' }, false],
  ])('%s: row %#', (message, value, expected) => {
    expect(repeatsValue(message, value)).toBe(expected)
  })

  it('is quick with large values', () => {
    const value = Array.from({ length: 100_000 }, (_, index) => `value ${index}`)
    const started = performance.now()
    for (let n = 0; n < 100; n++) {
      repeatsValue('Expected "a" but received "b"', value)
    }
    expect(performance.now() - started).toBeLessThan(500)
  })
})

describe('the errors of other libraries than zod', () => {
  const refusing = (issue: StandardIssue, vendor = 'other'): StandardSchema => ({
    '~standard': { version: 1, vendor, validate: () => ({ issues: [issue] }) },
  })

  async function told(issue: StandardIssue): Promise<readonly string[]> {
    const schema = refusing(issue)
    const app = micro(import.meta, { mode: 'test', env: {} })
    app.post('/body', [body(schema)], () => 'ok')
    app.post('/form', [form(schema)], (ctx) => ctx.text(ctx.form.errors.map(({ message }) => message).join()))
    app.get('/query', [query(schema)], () => 'ok')
    const client = app.client()
    const sent = { title: 'SECRET1', password: 'SECRET2' }
    const answers = [
      await client.post('/body', { json: sent }),
      await client.post('/form', { form: sent }),
      await client.get(`/query?${new URLSearchParams(sent)}`),
    ]
    await app.stop()
    return Promise.all(answers.map((answer) => answer.text()))
  }

  it.each<[what: string, issue: StandardIssue, kept: boolean]>([
    ['repeats what was sent', { message: 'Expected x but received "SECRET1"', path: ['title'] }, false],
    ['repeats what was sent somewhere below', { message: 'must be x (was {"title":"SECRET1"})', path: [] }, false],
    ['repeats it by a path of objects', { message: 'was "SECRET1"', path: [{ key: 'title' }] }, false],
    ['is of a secret', { message: 'SECRET2 of old', path: ['password'] }, false],
    ['is harmless', { message: 'Must be longer.', path: ['title'] }, true],
    ['leads nowhere', { message: 'Must be longer.', path: ['a', 0, 'b'] }, true],
  ])('where a message %s', async (_, issue, kept) => {
    for (const text of await told(issue)) {
      expect(text).toContain(kept ? 'Must be longer.' : 'This is not accepted here.')
      expect(text).not.toMatch(/SECRET/)
    }
  })
})
