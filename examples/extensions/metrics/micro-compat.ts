/** How this extension is proven. */

import { type MetricsApp, metrics } from '@examples/metrics'
import type { Subject } from '@micro/compat'
import type { Context } from '@micro/core'

const metricsOf = (ctx: Context) => (ctx as Context & { readonly metrics: MetricsApp }).metrics

const subject: Subject = {
  create: () => metrics(),
  module: import.meta.resolve('@examples/metrics'),
  otherConfig: { path: '/internal/metrics' },
  misconfigure: [
    { config: { path: 'metrics' }, key: 'path' },
    { config: { prefix: '1st' }, key: 'prefix' },
  ],
  exercise: async (ctx) => {
    metricsOf(ctx).counter('visits_total', 'Visits.').add()
    return (await metricsOf(ctx).text()).includes('# TYPE visits_total counter')
  },
  misuse: (ctx) => metricsOf(ctx).counter('not a name'),
  // Two numbers are raised with every request.
  costPercent: 15,
}

export default subject
