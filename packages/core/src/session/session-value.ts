/** What JSON would lose of a value, and where. */
export interface Loss {
  /** The place: `user.born`, `list[2]`. */
  readonly place: string
  /** What is there, as the rest of a sentence. */
  readonly problem: string
}

/** The first thing that JSON would drop, alter or refuse; null if the value comes back as it is. An absent member may be `undefined`. */
export function lossOf(value: unknown, place: string, parents: readonly object[] = []): Loss | null {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null || Number.isFinite(value)) {
    return null
  }
  if (typeof value !== 'object') {
    return { place, problem: typeof value === 'number' || value === undefined ? `it is ${value}` : `it is a ${typeof value}` }
  }
  if (parents.includes(value)) {
    return { place, problem: 'it holds itself' }
  }
  const around = [...parents, value]
  if (Array.isArray(value)) {
    return firstLoss(value.length, (index) => lossOf(value[index], `${place}[${index}]`, around))
  }
  if (!isPlain(value)) {
    return { place, problem: whatItIs(value) }
  }
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  return firstLoss(entries.length, (index) => {
    const [name, member] = entries[index] as [string, unknown]
    return lossOf(member, `${place}.${name}`, around)
  })
}

function firstLoss(count: number, at: (index: number) => Loss | null): Loss | null {
  for (let index = 0; index < count; index++) {
    const loss = at(index)
    if (loss !== null) {
      return loss
    }
  }
  return null
}

/** An object literal, of any realm, that JSON takes as it is. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return (prototype === null || Object.getPrototypeOf(prototype) === null) && typeof (value as { toJSON?: unknown }).toJSON !== 'function'
}

function whatItIs(value: object): string {
  const name = value.constructor?.name ?? 'object with toJSON()'
  if (value instanceof Date) {
    return 'it is a Date, which would come back as a text; keep its toISOString()'
  }
  if (value instanceof Map || value instanceof Set) {
    return `it is a ${name}, which would come back empty; keep its entries as a list`
  }
  return `it is a ${name}, which would come back as something else`
}
