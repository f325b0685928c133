import fastify from 'fastify'
import { ROUTE_TABLE } from '../route-table.ts'

const app = fastify()

for (const path of ROUTE_TABLE) {
  app.get(path, () => 'not asked for')
}
app.get<{ Params: { id: string }; Querystring: { q: string } }>('/user/:id', (request, reply) => {
  reply.header('x-route', 'user').send(`${request.params.id} ${request.query.q}`)
})

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
