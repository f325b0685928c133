import fastify from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { Order } from '../order.ts'

const app = fastify().withTypeProvider<ZodTypeProvider>()
app.setValidatorCompiler(validatorCompiler)
app.setSerializerCompiler(serializerCompiler)

app.post('/orders', { schema: { body: Order } }, (request, reply) => {
  reply.send(request.body)
})

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
