import { micro } from '@micro/core'
import { serve } from '@micro/core/node'

const app = micro(import.meta)

app.get('/', (ctx) => {
  const visits = (ctx.session.get<number>('visits') ?? 0) + 1
  ctx.session.set('visits', visits)
  return { visits }
})

await serve(app, { port: Number(process.env.PORT) })
