/**
 * The paired CPU ratio: two servers on one core under load at the same moment, so that whatever else the machine does weighs on both.
 * The ratio is the baseline's CPU time per request over the contestant's: 1 is equal, more is cheaper than the baseline.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Load, Target } from './load.ts'
import type { ServerProcess } from './server-process.ts'
import { type Spread, spreadOf } from './spread.ts'

/** How long and how often. */
export interface RoundOptions {
  readonly warmUpSeconds: number
  readonly rounds: number
  readonly secondsPerRound: number
}

/** A server and how it is loaded. */
export interface Side {
  readonly server: ServerProcess
  readonly target: Target
}

/** What one server cost over all rounds. */
export interface SideCost {
  /** CPU time per request in microseconds. */
  readonly cpuUs: Spread
  readonly requestsPerSecond: Spread
}

/** What a pair came to. */
export interface PairedRatio {
  readonly ratio: Spread
  readonly baseline: SideCost
  readonly contestant: SideCost
}

/** Time for the last connections to be closed before the run times are read. */
const SETTLE_MS = 30

/** Warms both servers up, then measures round by round. */
export async function pairedRatio(load: Load, baseline: Side, contestant: Side, options: RoundOptions): Promise<PairedRatio> {
  await load.run([baseline.target, contestant.target], options.warmUpSeconds)
  const ratios: number[] = []
  const costs = { baseline: { cpuUs: [] as number[], rate: [] as number[] }, contestant: { cpuUs: [] as number[], rate: [] as number[] } }
  for (let round = 0; round < options.rounds; round += 1) {
    // Whoever is started first has the core to itself for a moment: take turns.
    const [first, second] = await measure(load, round % 2 === 0 ? [baseline, contestant] : [contestant, baseline], options.secondsPerRound)
    const [base, other] = round % 2 === 0 ? [first, second] : [second, first]
    ratios.push(base.cpuUs / other.cpuUs)
    costs.baseline.cpuUs.push(base.cpuUs)
    costs.baseline.rate.push(base.rate)
    costs.contestant.cpuUs.push(other.cpuUs)
    costs.contestant.rate.push(other.rate)
  }
  return { ratio: spreadOf(ratios), baseline: costOf(costs.baseline), contestant: costOf(costs.contestant) }
}

interface Cost {
  readonly cpuUs: number
  readonly rate: number
}

async function measure(load: Load, sides: readonly [Side, Side], seconds: number): Promise<[Cost, Cost]> {
  const [one, two] = sides
  await sleep(SETTLE_MS)
  const before = [one.server.cpuTimeNs(), two.server.cpuTimeNs()] as const
  const [answersOfOne = 0, answersOfTwo = 0] = await load.run([one.target, two.target], seconds)
  await sleep(SETTLE_MS)
  return [
    { cpuUs: (one.server.cpuTimeNs() - before[0]) / 1000 / answersOfOne, rate: answersOfOne / seconds },
    { cpuUs: (two.server.cpuTimeNs() - before[1]) / 1000 / answersOfTwo, rate: answersOfTwo / seconds },
  ]
}

function costOf(values: { readonly cpuUs: readonly number[]; readonly rate: readonly number[] }): SideCost {
  return { cpuUs: spreadOf(values.cpuUs), requestsPerSecond: spreadOf(values.rate) }
}
