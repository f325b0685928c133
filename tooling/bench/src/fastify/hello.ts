import fastify from 'fastify'

const app = fastify()

app.get('/', (_request, reply) => {
  reply.type('text/html; charset=utf-8').send('Hello, World!')
})

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
