/** An RFC 9457 problem document for whatever is asked. */
import { createServer } from 'node:http'

createServer((_request, response) => {
  const body = JSON.stringify({ type: 'about:blank', title: 'Not Found', status: 404, detail: 'There is nothing at this address.' })
  response.writeHead(404, { 'content-type': 'application/problem+json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}).listen(Number(process.env.PORT), '127.0.0.1')
