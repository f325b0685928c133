import { type ErrorFactory, errorTable } from '@micro/core'

/** Every code that this package throws at developers. */
export const METRICS_ERRORS = {
  MICRO_METRICS_NAME: {
    message: 'A counter was to be called {name}: {reason}.',
    fix: 'Use letters, digits and underscores, and a name that no other metric has.',
  },
  MICRO_METRICS_VALUE: {
    message: 'The counter {name} was to be raised by {value}.',
    fix: 'Counters only rise: give a number that is not negative.',
  },
} as const

/** One of the codes. */
export type MetricsErrorCode = keyof typeof METRICS_ERRORS

export const metricsError: ErrorFactory<typeof METRICS_ERRORS> = errorTable(METRICS_ERRORS)
