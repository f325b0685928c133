import { onSignal } from '../hooks/signals.ts'
import type { AppView } from '../request/context.ts'

interface Seen {
  readonly began: number
  status?: number
}

/**
 * Writes a line for each request when its response is over: method, path, status, milliseconds. The query is left out, since it may hold
 * what is nobody's business. Returns a function that ends it.
 */
export function accessLog(app: AppView): () => void {
  const requests = new WeakMap<object, Seen>()
  const ends = [
    onSignal('micro:request:start', ({ ctx }) => requests.set(ctx, { began: performance.now() }), { app }),
    onSignal(
      'micro:request:finish',
      ({ ctx, reply }) => {
        const seen = requests.get(ctx)
        if (seen !== undefined) {
          seen.status = reply.status
        }
      },
      { app },
    ),
    onSignal(
      'micro:request:teardown',
      ({ ctx }) => {
        const seen = requests.get(ctx)
        if (seen !== undefined) {
          const { method, path, route } = ctx
          const ms = Math.round((performance.now() - seen.began) * 10) / 10
          ctx.log.info(`${method} ${path} ${seen.status ?? '–'}`, { method, path, route: route?.path, status: seen.status, ms })
        }
      },
      { app },
    ),
  ]
  return () => {
    for (const end of ends) {
      end()
    }
  }
}
