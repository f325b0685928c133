import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const app = new Hono()

app.post('/orders', async (c) => c.json(await c.req.json()))

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
