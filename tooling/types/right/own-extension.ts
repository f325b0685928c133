/** An extension of one's own, with needs, an optional need and a configuration by zod. */
import { defineExtension, type Member, micro, need, option, options } from '@micro/core'
import { type Connections, type Db, db } from '@micro/db'
import { z } from 'zod'
import type { Schema } from './extensions.ts'

interface Audited {
  audit: { id: number; what: string }
}

export const audit = () =>
  defineExtension({
    name: 'audit',
    version: '1.0.0',
    core: '^1.0.0',
    config: z.object({ keepDays: z.number().default(30) }),
    needs: {
      db: need<Member<Connections<Audited>, Db<Audited>>>('^1'),
      mailer: need.optional<Member<{ send(): void }, { send(): void }>>(),
    },
    initApp(app, config) {
      const days: number = config.keepDays
      app.onStart(() => app.db.ping())
      app.mailer?.send()
      return { app: { days }, context: (ctx) => ({ entries: () => ctx.db.selectFrom('audit').selectAll().execute() }) }
    },
  })

micro(import.meta)
  .use(db<Audited>())
  .use(audit())
  .get('/', async (ctx) => ({ entries: await ctx.audit.entries() }))

export const clock = (given: { readonly zone?: string } = {}) =>
  defineExtension({
    name: 'clock',
    version: '1.0.0',
    core: '^1.0.0',
    config: options({
      zone: option.string({ default: 'UTC' }),
      port: option.int(),
      level: option.oneOf(['low', 'high'], { default: 'low' }),
    }),
    options: given,
    initApp(_app, config) {
      const zone: string = config.zone
      const port: number | undefined = config.port
      const level: 'low' | 'high' = config.level
      return { app: { zone, port, level } }
    },
  })

const timed = micro(import.meta)
  .use(clock())
  .use(clock().as('wallclock'))
const zone: string = timed.clock.zone + timed.wallclock.zone + timed.config.clock.zone

export type { Schema }
export { zone }
