import { afterAll, describe, expect, it } from 'vitest'
import { dropDatabases, engines, makeApp, names, routes } from './engines.ts'

afterAll(dropDatabases)

for (const engine of engines) {
  describe.skipIf(engine.missing)(`startTransaction() on ${engine.name}`, () => {
    async function serving() {
      const served = routes()
      served.post('/forgotten', async (ctx) => {
        const trx = await ctx.db.withTables<{}>().startTransaction().setIsolationLevel('serializable').execute()
        await trx.insertInto('account').values({ id: 1, name: 'forgotten', balance: 0 }).execute()
        throw new Error('before it was ended')
      })
      served.post('/unawaited', (ctx) => {
        void ctx.db.startTransaction().execute()
        return 'done'
      })
      served.post('/ended/:how', async (ctx) => {
        const trx = await ctx.db.startTransaction().execute()
        await trx.insertInto('account').values({ id: 2, name: ctx.params.how, balance: 0 }).execute()
        await (ctx.params.how === 'commit' ? trx.commit() : trx.rollback()).execute()
        return 'done'
      })
      const place = await engine.make()
      const app = await makeApp(place, { poolSize: 1, acquireTimeoutMs: 500 }, served)
      const stop = async () => {
        await app.stop()
        await place.drop()
      }
      const warnings = () => app.lines.filter(({ level, message }) => level === 'warn' && message.includes('startTransaction()'))
      return { app, warnings, stop }
    }

    it('is rolled back at the end of its request, and the log says so', async () => {
      const { app, warnings, stop } = await serving()
      for (let n = 1; n <= 3; n++) {
        expect((await app.client().post('/forgotten')).status).toBe(500)
        expect(await names(app)).toEqual([])
        expect(warnings()).toHaveLength(n)
      }
      expect((await app.client().post('/unawaited')).status).toBe(200)
      expect([await names(app), warnings().length]).toEqual([[], 4])
      await stop()
    })

    it('may be ended by the request itself, of which nothing is said', async () => {
      const { app, warnings, stop } = await serving()
      await app.client().post('/ended/rollback')
      await app.client().post('/ended/commit')
      expect([await names(app), warnings()]).toEqual([['commit'], []])
      await stop()
    })

    it('does not begin after the end of its request', async () => {
      const { app, stop } = await serving()
      const late = await app.run((ctx) => ctx.db)
      await expect(late.startTransaction().execute()).rejects.toMatchObject({ code: 'MICRO_CONTEXT_ENDED' })
      expect(await names(app)).toEqual([])
      await stop()
    })
  })
}
