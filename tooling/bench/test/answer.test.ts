import { describe, expect, it } from 'vitest'
import { type Answer, differences, extraHeaders } from '../src/answer.ts'

const answer = (changes: Partial<Answer> = {}): Answer => ({
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: Buffer.from('hello'),
  ...changes,
})
const typed = (type: string): Answer => answer({ headers: { 'content-type': type } })

describe('differences', () => {
  for (const [name, expected, actual] of [
    ['the same answer', answer(), answer()],
    ['a charset in other letters', typed('text/plain; charset=utf-8'), typed('text/plain;charset=UTF-8')],
    ['JSON with and without a charset', typed('application/json; charset=utf-8'), typed('application/json')],
    ['other headers', answer(), answer({ headers: { 'content-type': 'text/html', etag: '"1"' } })],
  ] as const) {
    it(`finds none in ${name}`, () => {
      expect(differences(expected, actual)).toEqual([])
    })
  }

  for (const [name, actual, sentence] of [
    ['status', answer({ status: 204 }), 'the status is 204 instead of 200'],
    ['type', typed('text/plain'), "the content type is 'text/plain' instead of 'text/html'"],
    ['body', answer({ body: Buffer.from('Hello') }), 'the body is "Hello" instead of "hello"'],
  ] as const) {
    it(`tells of another ${name}`, () => {
      expect(differences(answer(), actual)).toEqual([sentence])
    })
  }
})

describe('extraHeaders', () => {
  it('names what is not on every answer', () => {
    expect(extraHeaders(answer({ headers: { date: 'now', 'content-length': '1', etag: '"1"', 'x-route': 'a' } }))).toEqual([
      'etag',
      'x-route',
    ])
  })
})
