import { micro } from '@micro/core'

const app = micro(import.meta)

app.get('/', () => 'Hello, World!')
app.get('/hello/:name', (ctx) => ctx.render('hello.ejs', { name: ctx.params.name }))
app.get('/square/:n<int>', (ctx) => ({ n: ctx.params.n ** 2 }))

export default app
