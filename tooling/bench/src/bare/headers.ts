import { createServer } from 'node:http'

createServer((_request, response) => {
  const body = 'Hello, World!'
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
  })
  response.end(body)
}).listen(Number(process.env.PORT), '127.0.0.1')
