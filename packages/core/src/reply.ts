/** Marks replies, so that two copies of core recognise each other's. */
const REPLY = '~reply'

/** A body, ready to be sent. `null` is none. */
export type ReplyBody = string | Uint8Array | AsyncIterable<Uint8Array | string> | ReadableStream<Uint8Array> | Response | null

/** A reply ready to be sent. `headers` is a flat list, name after value after name. */
export class Reply {
  status: number
  type: string | null
  body: ReplyBody
  headers: string[] | null
  readonly '~reply': true = true

  constructor(status: number, type: string | null, body: ReplyBody, headers: string[] | null = null) {
    this.status = status
    this.type = type
    this.body = body
    this.headers = headers
  }
}

/** Whether `value` is a `Reply`, of this copy of core or another. */
export function isReply(value: object): value is Reply {
  return value instanceof Reply || REPLY in value
}
