/** Four small routes and nothing installed: what `extended.ts` is compared with. Also serves `static/` beside it. */
import { micro } from '@micro/core'
import { serve } from '@micro/core/node'

const app = micro(import.meta)

app.get('/', () => 'Hello, World!')
app.post('/orders', async (ctx) => ctx.json(await ctx.readJson()))

await serve(app, { port: Number(process.env.PORT) })
