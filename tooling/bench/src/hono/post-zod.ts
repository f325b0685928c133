import { serve } from '@hono/node-server'
import { zValidator } from '@hono/zod-validator'
import { Hono } from 'hono'
import { Order } from '../order.ts'

const app = new Hono()

app.post('/orders', zValidator('json', Order), (c) => c.json(c.req.valid('json')))

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
