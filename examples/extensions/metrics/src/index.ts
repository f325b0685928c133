export { type MetricsConfig, type MetricsExtension, type MetricsMember, type MetricsOptions, metrics } from './metrics.ts'
export { METRICS_ERRORS, type MetricsErrorCode } from './metrics-errors.ts'
export type { Counter, MetricsApp } from './metrics-member.ts'
