import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** How many of twenty values a collector may keep: one that takes whatever lies on the stack for a reference keeps more. */
export const KEPT_BY_THE_RUNTIME: number = 'Bun' in globalThis ? 19 : 2

/** Makes `count` values, lets go of each, collects garbage, and says how many are still reachable. */
export async function collected(count: number, make: () => Promise<object>): Promise<number> {
  const collect = collector()
  const references: WeakRef<object>[] = []
  for (let index = 0; index < count; index++) {
    references.push(new WeakRef(await make()))
  }
  const reachable = (): number => references.filter((reference) => reference.deref() !== undefined).length
  for (let round = 0; round < 8 && reachable() > 0; round++) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    collect()
  }
  return reachable()
}

/** Collects garbage, now. */
function collector(): () => void {
  const { Bun } = globalThis as { readonly Bun?: { gc(now: boolean): void } }
  if (Bun !== undefined) {
    return () => Bun.gc(true)
  }
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}
