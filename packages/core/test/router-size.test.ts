import { describe, expect, test } from 'vitest'
import { CORE_CONVERTERS } from '../src/routing/converter.ts'
import { readPath } from '../src/routing/path-pattern.ts'
import { type Routable, Router } from '../src/routing/router.ts'

const refuse = (problem: string): never => {
  throw new Error(problem)
}

/** A router of so many routes, and a hundred paths that are spread over them. */
function routerOf(size: number): { readonly router: Router<Routable>; readonly paths: readonly string[] } {
  const router = new Router<Routable>()
  for (let number = 0; number < size; number++) {
    router.add({ methods: ['GET'], pattern: readPath(`/things${number}/:id<int>/:slug`, CORE_CONVERTERS, refuse) }, () => undefined)
    router.add({ methods: ['GET'], pattern: readPath(`/page${number}`, CORE_CONVERTERS, refuse) }, () => undefined)
  }
  const spread = Array.from({ length: 50 }, (_, at) => Math.floor((at * size) / 50))
  return { router, paths: spread.flatMap((number) => [`/things${number}/47${number}/a-slug`, `/page${number}`]) }
}

/** Microseconds of CPU that all paths cost. */
function costOf({ router, paths }: ReturnType<typeof routerOf>): number {
  const before = process.cpuUsage()
  for (let round = 0; round < 20; round++) {
    for (const path of paths) {
      router.find(path, 'GET')
    }
  }
  const { user, system } = process.cpuUsage(before)
  return user + system
}

describe('Router', () => {
  test('a look-up among 10,000 routes costs no more than twice that among 100', () => {
    const small = routerOf(50)
    const large = routerOf(5_000)
    let [least, most] = [costOf(small), costOf(large)]
    // The least of several, taken in turns: what else runs on the machine can only add.
    for (let round = 0; round < 200 && most > 1.5 * least; round++) {
      least = Math.min(least, costOf(small))
      most = Math.min(most, costOf(large))
    }
    expect(most / least).toBeLessThan(2)
  })
})
