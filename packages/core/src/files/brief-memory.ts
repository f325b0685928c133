/** How long something is remembered. */
const KNOWN_FOR_MS = 1000

/** Most things that are remembered; the oldest go first. */
const MAX_KNOWN = 2000

/** What was found out about paths, for a second: long enough to spare a busy server the question, too short for anyone to notice. */
export class BriefMemory<T> {
  readonly #known = new Map<string, { readonly value: T; readonly untilMs: number }>()

  recall(path: string): T | null {
    const known = this.#known.get(path)
    return known === undefined || known.untilMs <= Date.now() ? null : known.value
  }

  keep(path: string, value: T): void {
    this.#known.delete(path)
    this.#known.set(path, { value, untilMs: Date.now() + KNOWN_FOR_MS })
    if (this.#known.size > MAX_KNOWN) {
      const [oldest = path] = this.#known.keys()
      this.#known.delete(oldest)
    }
  }

  forget(path: string): void {
    this.#known.delete(path)
  }
}
