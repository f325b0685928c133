/** How this extension is proven. It needs a Redis: MICRO_TEST_REDIS_URL, or the one on this machine. */

import { redis } from '@examples/redis-store'
import type { Subject } from '@micro/compat'
import type { Context, KeyValueStore } from '@micro/core'

const url = process.env.MICRO_TEST_REDIS_URL ?? 'redis://127.0.0.1:6379'
const storeOf = (ctx: Context) => (ctx as Context & { readonly redis: KeyValueStore }).redis

const subject: Subject = {
  create: () => redis(),
  module: import.meta.resolve('@examples/redis-store'),
  config: { url, prefix: 'micro-compat:', sessions: true },
  otherConfig: { url, prefix: 'micro-compat-other:', sessions: true },
  misconfigure: [
    { config: { connectTimeoutMs: 'soon' }, key: 'connectTimeoutMs' },
    { config: { url: 777 }, key: 'url', secret: '777' },
  ],
  exercise: async (ctx) => {
    ctx.session.set('seen', true)
    await storeOf(ctx).set('visit', { by: 'Ada' }, { maxAge: 60 })
    return storeOf(ctx).get('visit')
  },
  misuse: (ctx) => storeOf(ctx).set('function', () => undefined),
}

export default subject
