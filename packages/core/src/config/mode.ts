/** How the app runs: an explicit option wins, then `MICRO_MODE`; `micro run` says development, `app.client()` test, all else is production. */
export type Mode = 'development' | 'test' | 'production'

/** The three modes. */
export const MODES: readonly Mode[] = ['development', 'test', 'production']

const SLOT: unique symbol = Symbol.for('micro.defaultMode')

interface Slots {
  [SLOT]?: Mode
}

/** Mode of apps that are told none: production, unless the command line runs this process. */
export function defaultMode(): Mode {
  return (globalThis as Slots)[SLOT] ?? 'production'
}

/** Says what mode apps are in that are told none, whichever copy of core they are made with. */
export function setDefaultMode(mode: Mode): void {
  ;(globalThis as Slots)[SLOT] = mode
}
