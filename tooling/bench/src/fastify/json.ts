import fastify from 'fastify'

const app = fastify()

const schema = { response: { 200: { type: 'object', properties: { message: { type: 'string' } } } } }

app.get('/', { schema }, async () => ({ message: 'Hello, World!' }))

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
