import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { ROUTE_TABLE } from '../route-table.ts'

const app = new Hono()

for (const path of ROUTE_TABLE) {
  app.get(path, (c) => c.text('not asked for'))
}
app.get('/user/:id', (c) => {
  c.header('x-route', 'user')
  return c.text(`${c.req.param('id')} ${c.req.query('q')}`)
})

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
