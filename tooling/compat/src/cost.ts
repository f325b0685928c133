import type { Subject } from './subject.ts'
import { type Trial, tryOut } from './trial.ts'

const ROUNDS = 9
const REQUESTS = 300

/** CPU of a request that does not concern the extension, with it and without it, as a ratio of the least in alternating rounds: what else the machine does only adds. */
export async function costOf(subject: Subject): Promise<number> {
  const without = await tryOut(subject, { without: true })
  const withIt = await tryOut(subject)
  try {
    await Promise.all([without.app.start(), withIt.app.start()])
    await cpuOf(without, REQUESTS)
    await cpuOf(withIt, REQUESTS)
    const least = { without: Infinity, withIt: Infinity }
    for (let round = 0; round < ROUNDS; round++) {
      least.without = Math.min(least.without, await cpuOf(without, REQUESTS))
      least.withIt = Math.min(least.withIt, await cpuOf(withIt, REQUESTS))
    }
    return least.withIt / least.without
  } finally {
    await without.end()
    await withIt.end()
  }
}

async function cpuOf({ app }: Trial, requests: number): Promise<number> {
  const before = process.cpuUsage()
  for (let index = 0; index < requests; index++) {
    await (await app.fetch(new Request('http://localhost/hello'))).text()
  }
  const { user, system } = process.cpuUsage(before)
  return user + system
}
