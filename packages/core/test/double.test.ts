import { defineExtension, double, type Member, micro, need, option, options } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { microErrorOf } from './micro-error-of.ts'

interface Mailer {
  send(to: string): string
}

let initialised = 0
const mailer = defineExtension({
  name: 'mailer',
  version: '1.4.0',
  implements: '1.2.0',
  core: '*',
  config: options({ host: option.string({ default: 'localhost' }) }),
  initApp: (app): { app: Mailer; context: () => Mailer } => {
    initialised++
    app.onStart(() => Promise.reject(new Error('no mail server here')))
    const member = { send: (to: string) => `sent to ${to}` }
    return { app: member, context: () => member }
  },
})

const needy = defineExtension({
  name: 'needy',
  version: '1.0.0',
  core: '*',
  needs: { mailer: need<Member<Mailer, Mailer>>('^1.2.0') },
  config: options({}),
  initApp: (app) => ({ app: app.mailer.send('needy') }),
})

describe('double (P23)', () => {
  test('stands in at .use: its members, not the initApp of what it replaces', async () => {
    const sent: string[] = []
    const fake = (at: string): Mailer => ({
      send: (to) => {
        sent.push(`${at} ${to}`)
        return 'noted'
      },
    })
    const standIn = double(mailer, { app: fake('app'), context: (ctx) => fake(ctx.path) })
    const app = micro(import.meta, { env: {}, mode: 'test', replace: [standIn] })
      .use(mailer)
      .use(needy)
    app.get('/', (ctx) => ctx.mailer.send('x'))
    expect(await (await app.client().get('/')).text()).toBe('noted')
    expect(app.needy).toBe('noted')
    expect(sent).toEqual(['app needy', '/ x'])
    expect(initialised).toBe(0)
    expect(app.config.mailer.host).toBe('localhost')
    expect(app.extensions.get('mailer')).toMatchObject({ version: '1.4.0', implements: '1.2.0', replaced: true, contributions: [] })
    expect(app.extensions.get('needy')?.replaced).toBe(false)
    await app.stop()
  })

  test('of an extension that is not installed, it is refused at start', async () => {
    const app = micro(import.meta, { env: {}, mode: 'test', replace: [double(mailer, {})] })
    const error = await microErrorOf(() => app.start())
    expect(error.code).toBe('MICRO_DOUBLE_UNUSED')
    expect(error.message).toContain("'mailer'")
  })
})
