import { micro } from '@micro/core'
import { serve } from '@micro/core/node'
import { ROUTE_TABLE } from '../route-table.ts'

const app = micro(import.meta)

for (const path of ROUTE_TABLE) {
  app.get(path, () => 'not asked for')
}
app.get('/user/:id', (ctx) => {
  ctx.setHeader('x-route', 'user')
  return ctx.text(`${ctx.params.id} ${ctx.query.get('q')}`)
})

await serve(app, { port: Number(process.env.PORT) })
