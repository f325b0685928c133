import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const app = new Hono()

let calls = 0
for (let index = 0; index < 10; index += 1) {
  app.use(async (c, next) => {
    calls += c.req.method === 'GET' ? index : 0
    await next()
  })
}
app.get('/', (c) => c.text(`Hello, World!${calls < 0 ? calls : ''}`))

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
