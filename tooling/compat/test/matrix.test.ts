/** À la carte, from source: every subset of the official extensions in every order its needs allow. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { behaviourOf, type Loaded, load, makeApp, visit } from '../matrix/each-part.ts'
import { NAMES, ordersOf, SUBSETS } from '../matrix/subsets.ts'
import { added, openHandles, processListeners } from '../src/open-handles.ts'
import { within } from '../src/watch.ts'

const folder = await mkdtemp(join(tmpdir(), 'micro-matrix-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

const loaded: Loaded = await load(NAMES)
const open = () => [...openHandles(), ...processListeners()]

describe('à la carte', () => {
  test('there are 16 subsets in 46 orders', () => {
    expect(SUBSETS.length).toBe(16)
    expect(SUBSETS.flatMap(ordersOf).length).toBe(46)
  })

  test.each(SUBSETS.map((subset) => [subset.join(' + ') || 'core alone', subset] as const))('%s', async (_name, subset) => {
    const behaviours = new Set<string>()
    for (const order of ordersOf(subset)) {
      const before = open()
      const app = makeApp(loaded, order, folder)
      await visit(app.client(), order)
      behaviours.add(JSON.stringify(await behaviourOf(app, app.client())))
      await app.stop()
      let left: readonly string[] = []
      await within(1000, () => {
        left = added(before, open())
        return left.length === 0
      })
      expect(left, order.join(', ')).toEqual([])
    }
    const [first, second] = [...behaviours].map((text) => JSON.parse(text) as object)
    expect(second ?? first, 'an app is the same in every order').toEqual(first)
  })

  test('auth before the db it needs is refused, and says what to do', () => {
    expect(() => makeApp(loaded, ['auth', 'db'], folder)).toThrow("'auth' needs 'db'")
  })
})
