/** The faults of the reference extension that lie in what it does to requests. */
import { type Context, Micro } from '@micro/core'
import type { Fault } from './faults.ts'
import { type Facade, left } from './reference.ts'

/** Declares what a fault does to every request. */
export function onEveryRequest(app: Facade, fault: Fault | undefined): void {
  switch (fault) {
    case 'adds a header to every reply':
      app.afterRequest((ctx) => ctx.setHeader('X-Reference', '1'))
      break
    case 'opens the session of every request':
      app.beforeRequest((ctx) => {
        ctx.session.get('x')
      })
      break
    case 'sets a cookie on every reply':
      app.afterRequest((ctx) => ctx.setCookie('reference', '1'))
      break
    case 'refuses unsafe requests':
      app.beforeRequest(() => 'Not today', { methods: 'unsafe' })
      break
    case 'reads every body':
      app.beforeRequest(async (ctx) => void (await ctx.readText()), { methods: 'unsafe' })
      break
    case 'changes every status':
      app.afterRequest((_ctx, reply) => {
        reply.status = 203
      })
      break
    case 'makes its member for every request':
      app.beforeRequest((ctx) => void (ctx as unknown as { readonly reference: unknown }).reference)
      break
    case 'burns the processor on every request':
      app.beforeRequest(() => {
        const until = process.hrtime.bigint() + 200_000n
        while (process.hrtime.bigint() < until);
      })
      break
    case 'adds a member of its own to the app':
      app.beforeRequest((ctx) => {
        ;(ctx.app as unknown as { extra: number }).extra = 1
      })
      break
    case 'adds a member of its own to the context':
      app.beforeRequest((ctx) => {
        ;(ctx as unknown as { extra: number }).extra = 1
      })
      break
    case 'changes a method of the app':
      app.beforeRequest((ctx) => {
        const { urlFor } = ctx.app as Micro
        Object.defineProperty(ctx.app, 'urlFor', { value: urlFor.bind(ctx.app), configurable: true })
      })
      break
    case 'changes a method of every app': {
      const { urlFor } = Micro.prototype
      Micro.prototype.urlFor = function (...args) {
        return Reflect.apply(urlFor, this, args)
      }
      left.undo.push(() => {
        Micro.prototype.urlFor = urlFor
      })
      break
    }
    case 'declares a route while a request runs':
      app.beforeRequest((ctx: Context) => {
        ;(ctx.app as Micro).get('/more', () => 'more')
      })
      break
    case 'hook throws':
      app.beforeRequest(() => {
        throw new Error('on purpose')
      })
      break
    case 'answers every request':
      app.beforeRequest(() => 'Mine')
      break
    default:
  }
}
