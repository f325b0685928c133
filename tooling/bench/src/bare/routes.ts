/** The floor for the route table: no table at all, a prefix test and a query value found by hand. */
import { createServer } from 'node:http'

createServer((request, response) => {
  const url = request.url ?? ''
  const at = url.indexOf('?q=')
  const body = url.startsWith('/user/') && at > 0 ? `${decodeURIComponent(url.slice(6, at))} ${decodeURIComponent(url.slice(at + 3))}` : ''
  response.writeHead(200, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-route': 'user',
  })
  response.end(body)
}).listen(Number(process.env.PORT), '127.0.0.1')
