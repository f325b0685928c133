import type { Session } from './session.ts'

/** A message kept for the next page that shows it. */
export interface Flash {
  readonly category: string
  readonly message: string
}

const KEY = '_flashes'

/** Keeps a message in the session. */
export function addFlash(session: Session, message: string, category: string): void {
  session.set(KEY, [...(session.get<Flash[]>(KEY) ?? []), { category, message }])
}

/** Takes the messages out of the session. */
export function takeFlashes(session: Session): readonly Flash[] {
  const kept = session.get<Flash[]>(KEY)
  if (kept === undefined) {
    return []
  }
  session.delete(KEY)
  return kept
}

/** Those of some categories, or all where none is named; a list of the caller's own. */
export function chosenFlashes(flashes: readonly Flash[], categories: readonly string[]): Flash[] {
  return flashes.filter(({ category }) => categories.length === 0 || categories.includes(category))
}
