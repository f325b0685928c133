import { describe, expect, it } from 'vitest'
import { AnswerParser } from '../src/answer-parser.ts'

const PLAIN = 'HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 5\r\n\r\nhello'
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n0\r\n\r\nab\r\nA\r\n0123456789\r\n0\r\n\r\n'
const EMPTY = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'

describe('AnswerParser', () => {
  for (const [name, text] of [
    ['an answer with a length', PLAIN],
    ['an answer in chunks, one of which holds what looks like the end', CHUNKED],
    ['an answer without a body', EMPTY],
  ] as const) {
    it(`finds the end of ${name}, wherever it is cut`, () => {
      for (let cut = 1; cut < text.length; cut += 1) {
        const parser = new AnswerParser(200)
        expect(parser.push(Buffer.from(text.slice(0, cut))), `first ${cut} bytes`).toBe(false)
        expect(parser.push(Buffer.from(text.slice(cut))), `after ${cut} bytes`).toBe(true)
      }
    })

    it(`takes ${name} again on the same connection`, () => {
      const parser = new AnswerParser(200)
      expect([text, text, text].map((answer) => parser.push(Buffer.from(answer)))).toEqual([true, true, true])
    })
  }

  for (const [name, text, problem] of [
    ['another status', PLAIN.replace('200 OK', '500 Internal Server Error'), /HTTP\/1\.1 500 Internal Server Error.*200 is expected/],
    ['more bytes than announced', `${PLAIN}!`, /1 bytes follow/],
    ['more bytes than the last chunk', `${CHUNKED}!!`, /2 bytes follow/],
    ['an answer without an end', 'HTTP/1.1 200 OK\r\n\r\n', /neither a Content-Length nor chunks/],
  ] as const) {
    it(`refuses ${name}`, () => {
      expect(() => new AnswerParser(200).push(Buffer.from(text))).toThrow(problem)
    })
  }
})
