import { createServer, type IncomingMessage } from 'node:http'

let calls = 0
const hooks = Array.from({ length: 10 }, (_, index) => (request: IncomingMessage) => {
  calls += request.method === 'GET' ? index : 0
})

createServer((request, response) => {
  for (const hook of hooks) {
    hook(request)
  }
  const body = `Hello, World!${calls < 0 ? calls : ''}`
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}).listen(Number(process.env.PORT), '127.0.0.1')
