/** A file as most people send one by hand: a stream. */
import { createReadStream, stat } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'

const directory = fileURLToPath(new URL('../micro/static/', import.meta.url))

createServer((request, response) => {
  const path = directory + (request.url ?? '').slice('/static/'.length)
  stat(path, (problem, stats) => {
    if (problem !== null) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': stats.size,
      'last-modified': stats.mtime.toUTCString(),
    })
    createReadStream(path).pipe(response)
  })
}).listen(Number(process.env.PORT), '127.0.0.1')
