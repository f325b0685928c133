/** A server whose sessions are in Redis: what each of two processes runs. */
import { redis } from '@examples/redis-store'
import { micro } from '@micro/core'
import { serve } from '@micro/core/node'
import { sessionRoutes } from './session-routes.ts'

const app = sessionRoutes(micro(import.meta).use(redis({ sessions: true })))
const { port } = await serve(app, { port: 0 })
console.log(`listening on http://127.0.0.1:${port}`)
