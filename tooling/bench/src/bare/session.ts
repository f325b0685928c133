/** A session in a cookie, by hand: JSON in base64url, signed with HMAC-SHA-256, compared in constant time. */
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'

interface Session {
  readonly visits: number
}

const key = createSecretKey(process.env.MICRO_SECRET_KEY ?? '', 'utf8')

createServer((request, response) => {
  const visits = (read(request.headers.cookie)?.visits ?? 0) + 1
  const body = JSON.stringify({ visits })
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'set-cookie': `session=${write({ visits })}; Max-Age=2678400; Path=/; HttpOnly; Secure; SameSite=Lax`,
  })
  response.end(body)
}).listen(Number(process.env.PORT), '127.0.0.1')

function read(cookies: string | undefined): Session | null {
  const value = /(?:^|; )session=([^;]+)/.exec(cookies ?? '')?.[1]
  const at = value?.lastIndexOf('.') ?? -1
  if (value === undefined || at < 0) {
    return null
  }
  const expected = signature(value.slice(0, at))
  const actual = Buffer.from(value.slice(at + 1), 'base64url')
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) {
    return null
  }
  return JSON.parse(Buffer.from(value.slice(0, value.indexOf('.')), 'base64url').toString()) as Session
}

function write(session: Session): string {
  const text = `${Buffer.from(JSON.stringify(session)).toString('base64url')}.${Math.floor(Date.now() / 1000).toString(36)}`
  return `${text}.${signature(text).toString('base64url')}`
}

function signature(text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
