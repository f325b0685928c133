import fastify from 'fastify'

const app = fastify()

let calls = 0
for (let index = 0; index < 10; index += 1) {
  // The form with a callback: an asynchronous hook costs more.
  app.addHook('onRequest', (request, _reply, done) => {
    calls += request.method === 'GET' ? index : 0
    done()
  })
}
app.get('/', () => `Hello, World!${calls < 0 ? calls : ''}`)

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
