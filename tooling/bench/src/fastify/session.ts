import cookie from '@fastify/cookie'
import fastify from 'fastify'

const app = fastify()
await app.register(cookie, { secret: process.env.MICRO_SECRET_KEY ?? '' })

app.get('/', (request, reply) => {
  const signed = request.cookies.session
  const session = signed === undefined ? null : request.unsignCookie(signed)
  const before = session?.valid === true ? (JSON.parse(session.value) as { visits: number }).visits : 0
  const visits = before + 1
  reply
    .setCookie('session', JSON.stringify({ visits }), {
      signed: true,
      maxAge: 2_678_400,
      path: '/',
      httpOnly: true,
      secure: true,
      sameSite: 'lax',
    })
    .send({ visits })
})

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
