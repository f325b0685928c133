/** How the app runs: an explicit option wins, then `MICRO_MODE`; `micro run` says development, `app.client()` test, all else is production. */
export type Mode = 'development' | 'test' | 'production'

/** The three modes. */
export const MODES: readonly Mode[] = ['development', 'test', 'production']
