import { createServer } from 'node:http'

createServer((_request, response) => {
  const body = JSON.stringify({ message: 'Hello, World!' })
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}).listen(Number(process.env.PORT), '127.0.0.1')
