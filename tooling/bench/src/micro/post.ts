import { micro } from '@micro/core'
import { serve } from '@micro/core/node'

const app = micro(import.meta)

app.post('/orders', async (ctx) => ctx.json(await ctx.readJson()))

await serve(app, { port: Number(process.env.PORT) })
