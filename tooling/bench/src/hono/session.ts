import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { getSignedCookie, setSignedCookie } from 'hono/cookie'

const app = new Hono()
const secret = process.env.MICRO_SECRET_KEY ?? ''

app.get('/', async (c) => {
  const session = await getSignedCookie(c, secret, 'session')
  const before = typeof session === 'string' ? (JSON.parse(session) as { visits: number }).visits : 0
  const visits = before + 1
  const options = { maxAge: 2_678_400, path: '/', httpOnly: true, secure: true, sameSite: 'Lax' } as const
  await setSignedCookie(c, 'session', JSON.stringify({ visits }), secret, options)
  return c.json({ visits })
})

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' })
