import { coreError } from '../errors/core-errors.ts'
import { isOfConnection } from '../http/header.ts'
import { isReply, mayFail, Reply, type ReplyBody } from '../http/reply.ts'
import { checkStatus } from '../http/status.ts'
import type { JsonProvider } from '../json/json.ts'

const BYTES = 'application/octet-stream'

/**
 * The reply of what a handler returned, or null where that is no reply. A string is HTML, an object JSON, bytes and streams are sent.
 * An error that is returned is thrown.
 */
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
  const reply = ofClass(result, status)
  if (reply !== undefined) {
    return reply
  }
  const text = json.stringify(result)
  return text === '{}' && showsNothing(result) ? null : new Reply(status, 'application/json', text)
}

/** Whether an object of an application's class has nothing that JSON shows, such as a query that was not run: nobody means `{}`. */
function showsNothing(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  // A plain object, of this realm or another, may well be empty.
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null
  const isOwn = Object.prototype.toString.call(value) === '[object Object]'
  return !isPlain && isOwn && Object.keys(value).length === 0 && !('toJSON' in value)
}

/** Objects of the platform's classes, told by their tags: they may come from another realm. Undefined for those of other classes. */
function ofClass(result: object, status: number): Reply | null | undefined {
  if (ArrayBuffer.isView(result)) {
    return new Reply(status, BYTES, new Uint8Array(result.buffer, result.byteOffset, result.byteLength))
  }
  switch (Object.prototype.toString.call(result)) {
    case '[object Response]':
      return ofResponse(result as Response)
    case '[object ArrayBuffer]':
    case '[object SharedArrayBuffer]':
      return new Reply(status, BYTES, new Uint8Array(result as ArrayBuffer))
    case '[object Blob]':
    case '[object File]':
      return ofBlob(result as Blob, status)
    case '[object URLSearchParams]':
      return new Reply(status, 'application/x-www-form-urlencoded;charset=UTF-8', String(result))
    case '[object FormData]':
      return ofForm(result as FormData, status)
    case '[object Map]':
    case '[object Set]':
    case '[object Headers]':
      // They can be iterated, but nobody means a stream.
      return null
    case '[object Error]':
      throw result
    default:
  }
  if (Symbol.asyncIterator in result) {
    return new Reply(status, BYTES, mayFail(result as AsyncIterable<Uint8Array>))
  }
  return Symbol.iterator in result ? new Reply(status, BYTES, each(result as Iterable<Uint8Array | string>)) : undefined
}

function ofResponse(response: Response): Reply {
  if (response.bodyUsed || response.body?.locked === true) {
    throw coreError('MICRO_RESPONSE_USED', {})
  }
  // What fetch() gives is decoded already, and longer than its headers say.
  const isDecoded = response.url !== '' && response.headers.has('content-encoding')
  const headers: string[] = []
  for (const [name, value] of response.headers) {
    if (!isOfConnection(name) && !(isDecoded && (name === 'content-encoding' || name === 'content-length'))) {
      headers.push(name, value)
    }
  }
  return new Reply(checkStatus(response.status), null, response.body as ReplyBody, headers)
}

function ofBlob(blob: Blob, status: number): Reply {
  return new Reply(status, blob.type === '' ? BYTES : blob.type, blob.stream() as ReplyBody, ['Content-Length', String(blob.size)])
}

function ofForm(form: FormData, status: number): Reply {
  const { headers, body } = new Response(form)
  return new Reply(status, headers.get('content-type'), body as ReplyBody)
}

async function* each(items: Iterable<Uint8Array | string>): AsyncGenerator<Uint8Array | string> {
  yield* items
}

/** What a value is, for a developer who returned it. */
export function whatIs(value: unknown): string {
  if (value === undefined || value === null) {
    return value === null ? 'null' : 'nothing (undefined)'
  }
  if (typeof value === 'object' && showsNothing(value)) {
    // An object of `Object.create()` may have no constructor.
    const name = value.constructor?.name
    return `an object of ${name ? `class ${name}` : 'a class'} that has nothing to show as JSON (a query is sent by its .execute())`
  }
  return typeof value === 'function' ? 'a function' : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value} (${String(value)})`
}
