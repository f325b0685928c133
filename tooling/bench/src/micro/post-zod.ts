import { micro } from '@micro/core'
import { serve } from '@micro/core/node'
import { body, forms } from '@micro/forms'
import { Order } from '../order.ts'

const app = micro(import.meta).use(forms())

app.post('/orders', [body(Order)], (ctx) => ctx.body)

await serve(app, { port: Number(process.env.PORT) })
