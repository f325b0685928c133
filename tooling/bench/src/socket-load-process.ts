/** The own load generator: raw sockets in a process of its own. It answers each order of its parent once, and ends with its parent. */
import { connect, type Socket } from 'node:net'
import { AnswerParser } from './answer-parser.ts'
import type { Target } from './load.ts'
import type { LoadRequest } from './scenario.ts'
import type { LoadOrder, LoadReport } from './socket-load.ts'

process.on('message', (order: LoadOrder) => {
  Promise.all(order.targets.map((target) => load(target, order))).then(
    (answers) => report({ answers }),
    (error: unknown) => report({ problem: error instanceof Error ? error.message : String(error) }),
  )
})
process.on('disconnect', () => process.exit())

async function load(target: Target, order: LoadOrder): Promise<number> {
  const deadline = { passed: false }
  const timer = setTimeout(() => {
    deadline.passed = true
  }, order.seconds * 1000)
  const connections = Array.from({ length: order.connections }, () => drive(target, deadline, order.answersPerConnection))
  try {
    const counts = await Promise.all(connections)
    return counts.reduce((sum, count) => sum + count, 0)
  } finally {
    clearTimeout(timer)
    deadline.passed = true
  }
}

/** Sends one request after another on one connection, until the deadline or the limit; gives the number of answers. */
function drive(target: Target, deadline: { readonly passed: boolean }, limit: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const bytes = bytesOf(target.request, target.port)
    const parser = new AnswerParser(target.status)
    const socket: Socket = connect({ host: '127.0.0.1', port: target.port, noDelay: true })
    let answers = 0
    socket.on('connect', () => socket.write(bytes))
    socket.on('data', (chunk: Buffer) => {
      try {
        if (!parser.push(chunk)) {
          return
        }
      } catch (error) {
        socket.destroy()
        reject(error)
        return
      }
      answers += 1
      if (deadline.passed || answers >= limit) {
        socket.destroy()
      } else {
        socket.write(bytes)
      }
    })
    socket.on('error', reject)
    socket.on('close', () =>
      deadline.passed || answers >= limit ? resolve(answers) : reject(new Error('the server closed a connection under load')),
    )
  })
}

function bytesOf(request: LoadRequest, port: number): Buffer {
  const lines = [`${request.method} ${request.path} HTTP/1.1`, `Host: 127.0.0.1:${port}`]
  for (const [name, value] of Object.entries(request.headers)) {
    lines.push(`${name}: ${value}`)
  }
  if (request.method === 'POST') {
    lines.push(`Content-Length: ${Buffer.byteLength(request.body)}`)
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${request.body}`)
}

function report(message: LoadReport): void {
  process.send?.(message)
}
