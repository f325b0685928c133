import fc from 'fast-check'
import { describe, it } from 'vitest'
import { TARGETS } from '../src/targets.ts'

const SEED = Number(process.env.MICRO_FUZZ_SEED ?? 20_261_125)
const RUNS = Number(process.env.MICRO_FUZZ_RUNS ?? 100)

describe('fuzz', () => {
  for (const { name, about, property } of TARGETS) {
    it(`${name}: ${about}`, { timeout: 60_000 }, () => fc.assert(property, { seed: SEED, numRuns: RUNS }))
  }
})
