/** What an extension costs a request that does not concern it: two apps in one process, measured in turns. */
import type { Subject } from './subject.ts'
import { type Trial, tryOut } from './trial.ts'

/** Requests of one round: so few that most rounds are not interrupted, whatever else the machine does. */
const REQUESTS = 20

/** Rounds of one measurement: as few as show that the limit is kept, as many as noise may need. */
const FEWEST_ROUNDS = 25
const MOST_ROUNDS = 120

/** Rounds before the first that counts: the engine compiles what runs often. */
const WARM_UP_ROUNDS = 15

/** Measurements with apps of their own, where the first is above the limit. */
const MEASUREMENTS = 3

/** Above this no noise explains it. */
const BEYOND_DOUBT = 2

/**
 * What a request that does not concern the extension takes of the processor, with it and without it, as a ratio. Each side is the least of
 * many short rounds in turns: what the machine does beside them only ever adds. Ends as soon as the ratio is within `enough`, and
 * where it is beyond doubt.
 */
export async function costOf(subject: Subject, enough: number): Promise<number> {
  let least = Infinity
  for (let measurement = 0; measurement < MEASUREMENTS && least > enough && !(measurement > 0 && least > BEYOND_DOUBT); measurement++) {
    least = Math.min(least, await measure(subject, enough))
  }
  return least
}

async function measure(subject: Subject, enough: number): Promise<number> {
  const without = await tryOut(subject, { without: true })
  const withIt = await tryOut(subject)
  try {
    await Promise.all([without.app.start(), withIt.app.start()])
    const least = { without: Infinity, withIt: Infinity }
    for (let round = -WARM_UP_ROUNDS; round < MOST_ROUNDS; round++) {
      const [one, other] = [await timeOf(without), await timeOf(withIt)]
      if (round >= 0) {
        least.without = Math.min(least.without, one)
        least.withIt = Math.min(least.withIt, other)
      }
      const ratio = least.withIt / least.without
      if (round >= FEWEST_ROUNDS && (ratio <= enough || ratio > BEYOND_DOUBT)) {
        break
      }
    }
    return least.withIt / least.without
  } finally {
    await without.end()
    await withIt.end()
  }
}

async function timeOf({ app }: Trial): Promise<number> {
  const before = process.hrtime.bigint()
  for (let index = 0; index < REQUESTS; index++) {
    await (await app.fetch(new Request('http://localhost/hello'))).text()
  }
  return Number(process.hrtime.bigint() - before)
}
