import { parseArgs } from 'node:util'
import { SCENARIOS } from './scenarios.ts'

/** What `pnpm bench` is told. */
export interface BenchOptions {
  readonly scenarios: readonly string[]
  readonly contestants: readonly string[]
  /** Major versions of Node. */
  readonly nodes: readonly string[]
  readonly rounds: number
  readonly secondsPerRound: number
  readonly warmUpSeconds: number
  readonly connections: number
  readonly load: 'auto' | 'wrk' | 'own'
  readonly build: boolean
  /** How often each process of `import` and `start` is started. */
  readonly startRounds: number
  readonly json: boolean
  /** Where the Markdown report goes. */
  readonly markdown: string | undefined
}

const CONTESTANTS = ['bare', 'micro', 'fastify', 'hono']

/** What `--help` prints. */
export const HELP = `pnpm bench [options]

Measures CPU time per request against bare node:http, both under load at the same moment on one core.

  --scenario a,b       only these: ${SCENARIOS.map((scenario) => scenario.name).join(', ')},
                       import, start
  --contestant a,b     only these: ${CONTESTANTS.join(', ')}
  --node 22,24,26      versions of Node; 24 by default
  --rounds 6           rounds of each pair
  --round-seconds 1    seconds of a round
  --warm-up-seconds 3  seconds of load before the first round
  --connections 64     connections to each server
  --load auto          wrk, own, or auto: wrk where it is installed
  --start-rounds 8     starts of each process in import and start
  --no-build           takes dist/ as it is
  --json               prints the results as JSON
  --markdown file      writes a report
`

/** Null where help is asked for. @throws Error on an option or a name that does not exist, or a number that is none. */
export function readOptions(args: readonly string[]): BenchOptions | null {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      scenario: { type: 'string' },
      contestant: { type: 'string' },
      node: { type: 'string', default: '24' },
      rounds: { type: 'string', default: '6' },
      'round-seconds': { type: 'string', default: '1' },
      'warm-up-seconds': { type: 'string', default: '3' },
      connections: { type: 'string', default: '64' },
      load: { type: 'string', default: 'auto' },
      'start-rounds': { type: 'string', default: '8' },
      build: { type: 'boolean', default: true },
      json: { type: 'boolean', default: false },
      markdown: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    return null
  }
  const scenarios = listOf('scenario', values.scenario, [...SCENARIOS.map((scenario) => scenario.name), 'import', 'start'])
  return {
    scenarios,
    contestants: listOf('contestant', values.contestant, CONTESTANTS),
    nodes: listOf('node', values.node, ['22', '24', '26']),
    rounds: wholeNumber('rounds', values.rounds, 100),
    secondsPerRound: wholeNumber('round-seconds', values['round-seconds'], 30),
    warmUpSeconds: wholeNumber('warm-up-seconds', values['warm-up-seconds'], 30),
    connections: wholeNumber('connections', values.connections, 1_000),
    load: listOf('load', values.load, ['auto', 'wrk', 'own'])[0] ?? 'auto',
    startRounds: wholeNumber('start-rounds', values['start-rounds'], 50),
    build: values.build,
    json: values.json,
    markdown: values.markdown,
  }
}

function listOf<const N extends string>(option: string, value: string | undefined, known: readonly N[]): N[] {
  if (value === undefined) {
    return [...known]
  }
  return value.split(',').map((name) => {
    const found = known.find((candidate) => candidate === name.trim())
    if (found === undefined) {
      throw new Error(`--${option}: '${name}' is not one of ${known.join(', ')}`)
    }
    return found
  })
}

function wholeNumber(option: string, value: string, max: number): number {
  const number = Number(value)
  if (!Number.isInteger(number) || number < 1 || number > max) {
    throw new Error(`--${option}: '${value}' is not a whole number from 1 to ${max}`)
  }
  return number
}
