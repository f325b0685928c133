/** Answers as `light.ts` does, after work that costs many times as much as the rest of the request. */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'

const block = Buffer.alloc(65_536)

createServer((_request, response) => {
  for (let round = 0; round < 4; round += 1) {
    createHash('sha256').update(block).digest()
  }
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 2 })
  response.end('ok')
}).listen(Number(process.env.PORT), '127.0.0.1')
