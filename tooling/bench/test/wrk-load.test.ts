import { describe, expect, it } from 'vitest'
import { answersIn } from '../src/wrk-load.ts'

const report = (lines: string) =>
  `Running 1s test @ http://127.0.0.1:1/\n  1 threads and 64 connections\n${lines}\nRequests/sec:  31000.00\n`

describe('answersIn', () => {
  it('counts the answers of a clean run', () => {
    expect(answersIn(report('  31201 requests in 1.00s, 5.01MB read'), 200)).toBe(31_201)
  })

  it('accepts refusals where every answer is to be one', () => {
    expect(answersIn(report('  500 requests in 1.00s, 5.01MB read\n  Non-2xx or 3xx responses: 500'), 404)).toBe(500)
  })

  for (const [name, lines, status, problem] of [
    ['refusals that are not expected', '  500 requests in 1.00s\n  Non-2xx or 3xx responses: 3', 200, /3 .*500/],
    ['answers that should have been refused', '  500 requests in 1.00s\n  Non-2xx or 3xx responses: 3', 404, /3 .*500/],
    ['failed connections', '  500 requests in 1.00s\n  Socket errors: connect 0, read 2, write 0, timeout 0', 200, /read 2/],
    ['no answer at all', '  0 requests in 1.00s, 0.00B read', 200, /no answer/],
  ] as const) {
    it(`refuses ${name}`, () => {
      expect(() => answersIn(report(lines), status)).toThrow(problem)
    })
  }
})
