import { fileURLToPath } from 'node:url'
import { micro } from '@micro/core'
import { serve } from '@micro/core/node'
import { ROWS } from '../page-rows.ts'

const app = micro(import.meta, { root: fileURLToPath(new URL('../../src/micro', import.meta.url)) })

app.get('/', (ctx) => ctx.render('parts.ejs', { rows: ROWS }))

await serve(app, { port: Number(process.env.PORT) })
