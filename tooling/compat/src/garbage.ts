import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Makes `count` values, lets go of each, collects garbage, and says how many are still reachable. */
export async function collected(count: number, make: () => Promise<object>): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const references: WeakRef<object>[] = []
  for (let index = 0; index < count; index++) {
    references.push(new WeakRef(await make()))
  }
  const reachable = (): number => references.filter((reference) => reference.deref() !== undefined).length
  for (let round = 0; round < 5 && reachable() > 0; round++) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    collect()
  }
  return reachable()
}
