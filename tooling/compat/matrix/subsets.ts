/** Every subset of the official extensions, and every order its needs allow. */

/** Names of the official extensions. */
export const NAMES = ['db', 'forms', 'uploads', 'auth'] as const

/** One of them. */
export type Name = (typeof NAMES)[number]

/** All 16. */
export const SUBSETS: readonly (readonly Name[])[] = Array.from({ length: 2 ** NAMES.length }, (_, bits) =>
  NAMES.filter((_name, index) => (bits >> index) & 1),
)

/** The orders in which a subset may be installed: auth after the db that it needs; without one it has a store of its own. */
export function ordersOf(subset: readonly Name[]): readonly (readonly Name[])[] {
  return permutations(subset).filter(
    (order) => !order.includes('db') || !order.includes('auth') || order.indexOf('db') < order.indexOf('auth'),
  )
}

function permutations(names: readonly Name[]): readonly (readonly Name[])[] {
  return names.length <= 1
    ? [names]
    : names.flatMap((first, index) => permutations([...names.slice(0, index), ...names.slice(index + 1)]).map((rest) => [first, ...rest]))
}
