import { isReply, Reply } from './reply.ts'
import type { JsonProvider } from './setup.ts'

/** The reply of what a handler returned, or null where that is no reply. A string is HTML, an object JSON, bytes and streams are sent. */
export function toReply(result: unknown, status: number, json: JsonProvider): Reply | null {
  if (typeof result === 'string') {
    return new Reply(status, 'text/html; charset=utf-8', result)
  }
  if (typeof result !== 'object' || result === null) {
    return null
  }
  if (isReply(result)) {
    return result
  }
  const prototype = Object.getPrototypeOf(result)
  if (prototype === Object.prototype || prototype === null || Array.isArray(result)) {
    return new Reply(status, 'application/json', json.stringify(result))
  }
  if (isResponse(result)) {
    return new Reply(result.status, null, result)
  }
  if (result instanceof Uint8Array) {
    return new Reply(status, 'application/octet-stream', result)
  }
  if (result instanceof ArrayBuffer) {
    return new Reply(status, 'application/octet-stream', new Uint8Array(result))
  }
  if (result instanceof Blob) {
    return new Reply(status, result.type === '' ? 'application/octet-stream' : result.type, result.stream(), ['Content-Length', String(result.size)])
  }
  if (result instanceof ReadableStream || Symbol.asyncIterator in result) {
    return new Reply(status, 'application/octet-stream', result as AsyncIterable<Uint8Array>)
  }
  if (Symbol.iterator in result) {
    return new Reply(status, 'application/octet-stream', each(result as Iterable<Uint8Array | string>))
  }
  return new Reply(status, 'application/json', json.stringify(result))
}

function isResponse(value: object): value is Response {
  return Object.prototype.toString.call(value) === '[object Response]'
}

async function* each(items: Iterable<Uint8Array | string>): AsyncGenerator<Uint8Array | string> {
  yield* items
}
