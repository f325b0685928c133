/** Answers native requests: what `app.fetch` does. */
import { readAll } from './body.ts'
import type { RequestHandler } from './dispatch.ts'
import type { Reply, ReplyBody } from './reply.ts'
import type { RequestContext } from './request-context.ts'
import type { Source } from './source.ts'
import { isBodyless } from './status.ts'
import type { RequestHeaders } from './context.ts'

/** A native request as core reads it. */
class FetchSource implements Source {
  readonly #request: Request
  readonly method: string
  readonly target: string
  readonly scheme: string
  readonly remoteAddress: undefined

  constructor(request: Request) {
    this.#request = request
    this.method = request.method
    const { url } = request
    const slash = url.indexOf('/', url.indexOf('://') + 3)
    const hash = url.indexOf('#')
    this.target = slash < 0 ? '/' : hash < 0 ? url.slice(slash) : url.slice(slash, hash)
    this.scheme = url.startsWith('https:') ? 'https' : 'http'
  }

  header(name: string): string | undefined {
    const value = this.#request.headers.get(name)
    return value ?? (name === 'host' ? new URL(this.#request.url).host : undefined)
  }

  get headers(): RequestHeaders {
    return this.#request.headers
  }

  get body(): AsyncIterable<Uint8Array> | null {
    return this.#request.body
  }

  get contentLength(): number | undefined {
    const value = this.#request.headers.get('content-length')
    return value !== null && /^\d+$/.test(value) ? Number(value) : undefined
  }

  bytes(maxBytes: number): Promise<Uint8Array> {
    return readAll(this.body, maxBytes)
  }

  get signal(): AbortSignal {
    return this.#request.signal
  }

  native(): Request {
    return this.#request
  }
}

/** The native response to a native request. */
export async function answerFetch(app: RequestHandler, request: Request): Promise<Response> {
  const ctx = app.accept(new FetchSource(request))
  const reply = await app.handle(ctx)
  return toResponse(app, ctx, reply)
}

function toResponse(app: RequestHandler, ctx: RequestContext, reply: Reply): Response {
  const { body } = reply
  const native = isNative(body) ? body : null
  const headers = native === null ? new Headers() : new Headers(native.headers)
  if (reply.type !== null) {
    headers.set('Content-Type', reply.type)
  }
  const list = reply.headers ?? []
  for (let index = 0; index < list.length; index += 2) {
    headers.append(list[index] as string, list[index + 1] as string)
  }
  const empty = ctx.method === 'HEAD' || isBodyless(reply.status)
  const length = typeof body === 'string' ? new TextEncoder().encode(body).length : body instanceof Uint8Array ? body.length : body === null ? 0 : undefined
  if (length !== undefined && !isBodyless(reply.status) && !headers.has('Content-Length')) {
    headers.set('Content-Length', String(length))
  }
  const init = { status: reply.status, headers }
  const stream = native === null ? (typeof body === 'string' || body instanceof Uint8Array || body === null ? null : (body as AsyncIterable<Uint8Array | string>)) : (native.body as AsyncIterable<Uint8Array> | null)
  if (stream === null || empty) {
    if (stream !== null) {
      void cancel(stream)
    }
    void app.finished(ctx)
    return new Response(empty ? null : (body as string | Uint8Array<ArrayBuffer> | null), init)
  }
  return new Response(streamOf(app, ctx, stream), init)
}

function isNative(body: ReplyBody): body is Response {
  return typeof body === 'object' && body !== null && Object.prototype.toString.call(body) === '[object Response]'
}

/** The body as a stream that ends the request when it ends, fails or is cancelled. */
function streamOf(app: RequestHandler, ctx: RequestContext, source: AsyncIterable<Uint8Array | string>): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]()
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await iterator.next()
        if (done) {
          controller.close()
          await app.finished(ctx)
        } else {
          controller.enqueue(typeof value === 'string' ? encoder.encode(value) : value)
        }
      } catch (error) {
        controller.error(error)
        app.log.error(`The body of ${ctx.method} ${ctx.path} failed`, { requestId: ctx.id, error })
        await app.finished(ctx, error)
      }
    },
    async cancel() {
      await iterator.return?.()
      await app.finished(ctx)
    },
  })
}

async function cancel(stream: AsyncIterable<unknown>): Promise<void> {
  await stream[Symbol.asyncIterator]().return?.()
}
