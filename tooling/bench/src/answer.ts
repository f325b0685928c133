import { request as httpRequest } from 'node:http'
import type { LoadRequest } from './scenario.ts'

/** An answer as it was sent. */
export interface Answer {
  readonly status: number
  readonly headers: { readonly [name: string]: string | string[] | undefined }
  readonly body: Buffer
}

const TIMEOUT_MS = 5_000

/** Asks a server on loopback once, on a connection of its own. */
export function askForAnswer(port: number, request: LoadRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: request.path, method: request.method, headers: { ...request.headers }, agent: false }
    const asked = httpRequest({ ...options, timeout: TIMEOUT_MS }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }))
    })
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)))
    asked.on('error', reject)
    asked.end(request.body)
  })
}

/** Where two answers are not the same to a client, in sentences: status, content type and every byte of the body. */
export function differences(expected: Answer, actual: Answer): string[] {
  const found: string[] = []
  if (expected.status !== actual.status) {
    found.push(`the status is ${actual.status} instead of ${expected.status}`)
  }
  if (contentType(expected) !== contentType(actual)) {
    found.push(`the content type is '${contentType(actual)}' instead of '${contentType(expected)}'`)
  }
  if (!expected.body.equals(actual.body)) {
    found.push(`the body is ${excerpt(actual.body)} instead of ${excerpt(expected.body)}`)
  }
  return found
}

/** Headers of an answer beside those every answer has, by name: what else a server puts on the wire. */
export function extraHeaders(answer: Answer): string[] {
  const common = new Set(['date', 'connection', 'keep-alive', 'content-type', 'content-length'])
  return Object.keys(answer.headers).filter((name) => !common.has(name))
}

/** Lower case, and without a charset for JSON, which has none (RFC 8259 section 11). */
function contentType(answer: Answer): string {
  const type = String(answer.headers['content-type'] ?? '')
    .toLowerCase()
    .replace(/\s*;\s*/g, '; ')
  return type.startsWith('application/json') ? 'application/json' : type
}

function excerpt(body: Buffer): string {
  const text = body.subarray(0, 120).toString('utf8')
  return `${JSON.stringify(text)}${body.length > 120 ? ` … (${body.length} bytes)` : ''}`
}
