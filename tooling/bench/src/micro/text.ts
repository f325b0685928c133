import { micro } from '@micro/core'
import { serve } from '@micro/core/node'

const app = micro(import.meta)

app.get('/', (ctx) => ctx.text('Hello, World!'))

await serve(app, { port: Number(process.env.PORT) })
