/** The routes of `plain.ts`, with four extensions installed that none of them touches. */
import { auth } from '@micro/auth'
import { micro } from '@micro/core'
import { serve } from '@micro/core/node'
import { db } from '@micro/db'
import { forms } from '@micro/forms'
import { uploads } from '@micro/uploads'

const app = micro(import.meta, { config: { db: { url: ':memory:' } } })
  .use(db())
  .use(forms())
  .use(uploads())
  .use(auth())

app.get('/', () => 'Hello, World!')
app.post('/orders', async (ctx) => ctx.json(await ctx.readJson()))

await serve(app, { port: Number(process.env.PORT) })
