import { micro } from '@micro/core'
import { serve } from '@micro/core/node'

const app = micro(import.meta)

app.get('/', () => ({ message: 'Hello, World!' }))

await serve(app, { port: Number(process.env.PORT) })
