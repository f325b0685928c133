import { micro } from '@micro/core'
import { serve } from '@micro/core/node'

const app = micro(import.meta)

let calls = 0
for (let index = 0; index < 10; index += 1) {
  app.beforeRequest((ctx) => {
    calls += ctx.method === 'GET' ? index : 0
  })
}
app.get('/', (ctx) => ctx.text(`Hello, World!${calls < 0 ? calls : ''}`))

await serve(app, { port: Number(process.env.PORT) })
