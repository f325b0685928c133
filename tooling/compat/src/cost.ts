/** What an extension costs a request that does not concern it: two apps in one process, measured in turns. */
import type { Subject } from './subject.ts'
import { type Trial, tryOut } from './trial.ts'

const REQUESTS = 150

/** Rounds of one measurement: as few as show that the limit is kept, as many as noise may need. */
const FEWEST_ROUNDS = 4
const MOST_ROUNDS = 12

/** Measurements with apps of their own: what the machine does beside them only ever adds, and not three times in a row. */
const MEASUREMENTS = 3

/**
 * CPU of a request that does not concern the extension, with it and without it, as a ratio of the least of alternating rounds. Stops as
 * soon as it is within `enough`, and where it is so far above that no noise explains it.
 */
export async function costOf(subject: Subject, enough: number): Promise<number> {
  let least = Infinity
  for (let measurement = 0; measurement < MEASUREMENTS && least > enough && !(measurement > 0 && least > 2); measurement++) {
    least = Math.min(least, await measure(subject, enough))
  }
  return least
}

async function measure(subject: Subject, enough: number): Promise<number> {
  const without = await tryOut(subject, { without: true })
  const withIt = await tryOut(subject)
  try {
    await Promise.all([without.app.start(), withIt.app.start()])
    await cpuOf(without)
    await cpuOf(withIt)
    const least = { without: Infinity, withIt: Infinity }
    const ratio = (): number => least.withIt / least.without
    for (let round = 0; round < MOST_ROUNDS && !(round >= FEWEST_ROUNDS && (ratio() <= enough || ratio() > 2)); round++) {
      least.without = Math.min(least.without, await cpuOf(without))
      least.withIt = Math.min(least.withIt, await cpuOf(withIt))
    }
    return ratio()
  } finally {
    await without.end()
    await withIt.end()
  }
}

async function cpuOf({ app }: Trial): Promise<number> {
  const before = cpuTime()
  for (let index = 0; index < REQUESTS; index++) {
    await (await app.fetch(new Request('http://localhost/hello'))).text()
  }
  return cpuTime() - before
}

/** CPU of this thread, in microseconds; of the process where the runtime counts no threads. */
function cpuTime(): number {
  const { user, system } = (process.threadCpuUsage ?? process.cpuUsage)()
  return user + system
}
