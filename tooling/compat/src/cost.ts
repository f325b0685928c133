import type { Subject } from './subject.ts'
import { type Trial, tryOut } from './trial.ts'

const ROUNDS = 7
const REQUESTS = 400

/** CPU of a request that does not concern the extension, with it and without it, as a ratio; the median of alternating rounds. */
export async function costOf(subject: Subject): Promise<number> {
  const without = await tryOut(subject, { without: true })
  const withIt = await tryOut(subject)
  try {
    await Promise.all([without.app.start(), withIt.app.start()])
    await cpuOf(without, REQUESTS)
    await cpuOf(withIt, REQUESTS)
    const ratios: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const [first, second] = round % 2 === 0 ? [without, withIt] : [withIt, without]
      const [one, two] = [await cpuOf(first, REQUESTS), await cpuOf(second, REQUESTS)]
      ratios.push(round % 2 === 0 ? two / one : one / two)
    }
    return ratios.sort((one, other) => one - other)[Math.floor(ROUNDS / 2)] as number
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
