/** What a command line adds to the environment of the apps of this process. */
import type { Mode } from './mode.ts'

/** Files of variables, the strongest last, and the mode that is named. */
export interface GivenEnvironment {
  readonly files: readonly string[]
  readonly mode?: Mode | undefined
}

const SLOT: unique symbol = Symbol.for('micro.environment')

interface Slots {
  [SLOT]?: GivenEnvironment
}

const NOTHING: GivenEnvironment = { files: [] }

/** What was added. */
export function givenEnvironment(): GivenEnvironment {
  return (globalThis as Slots)[SLOT] ?? NOTHING
}

/** Adds it, for every app of this process, whichever copy of core it is made with. */
export function setGivenEnvironment(given: GivenEnvironment): void {
  ;(globalThis as Slots)[SLOT] = given
}
