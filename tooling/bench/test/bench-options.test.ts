import { describe, expect, it } from 'vitest'
import { readOptions } from '../src/bench-options.ts'
import { SCENARIOS } from '../src/scenarios.ts'

describe('readOptions', () => {
  it('measures everything on Node 24 unless it is told otherwise', () => {
    const options = readOptions([])
    expect(options?.scenarios).toEqual([...SCENARIOS.map((scenario) => scenario.name), 'import', 'start'])
    expect(options).toMatchObject({ nodes: ['24'], rounds: 6, secondsPerRound: 1, warmUpSeconds: 3, build: true, json: false })
  })

  it('takes lists', () => {
    expect(readOptions(['--scenario', 'hello,json', '--node', '22,26', '--no-build'])).toMatchObject({
      scenarios: ['hello', 'json'],
      nodes: ['22', '26'],
      build: false,
    })
  })

  it('gives nothing where help is asked for', () => {
    expect(readOptions(['--help'])).toBeNull()
  })

  for (const [args, problem] of [
    [['--scenario', 'helo'], /--scenario: 'helo' is not one of noise-floor, hello/],
    [['--node', '20'], /--node: '20' is not one of 22, 24, 26/],
    [['--rounds', '0'], /--rounds: '0' is not a whole number/],
    [['--rounds', 'many'], /--rounds: 'many' is not a whole number/],
    [['--round', '6'], /Unknown option '--round'/],
  ] as const) {
    it(`refuses ${args.join(' ')}`, () => {
      expect(() => readOptions(args)).toThrow(problem)
    })
  }
})
