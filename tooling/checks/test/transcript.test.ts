import { describe, expect, test } from 'vitest'
import { isAsWritten, stepsOf } from '../src/transcript.ts'

describe('stepsOf', () => {
  test('takes commands and what they print from console blocks alone', () => {
    const page = 'a\n```console\n$ one\nprinted\n\nmore\n$ two\n```\n```ts\n$ three\n```\n```console\n$ four\n```\n'
    expect(stepsOf(page)).toEqual([
      { command: 'one', output: ['printed', '', 'more'] },
      { command: 'two', output: [] },
      { command: 'four', output: [] },
    ])
  })
})

describe('isAsWritten', () => {
  const cases: readonly (readonly [output: readonly string[], printed: string, fits: boolean])[] = [
    [[], '', true],
    [[], 'noise', false],
    [['a'], 'a\n', true],
    [['a'], 'a  \n', true],
    [['a'], 'b\n', false],
    [['a'], 'a\nb\n', false],
    [['a (1.5)'], 'a (115)\n', false],
    [['…', 'b'], 'a\na\nb\n', true],
    [['…', 'b'], 'b\n', true],
    [['…', 'b'], 'b\na\n', false],
    [['a … c'], 'a b c\n', true],
    [['a', '', 'b'], 'a\n\nb\n', true],
  ]
  test.each(cases)('%j of %j: %s', (output, printed, fits) => {
    expect(isAsWritten(output, printed)).toBe(fits)
  })
})
