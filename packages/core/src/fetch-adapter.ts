/** Answers native requests: what `app.fetch` does. */
import type { RequestHandler } from './app-requests.ts'
import { readAll } from './body.ts'
import type { RequestHeaders } from './context.ts'
import { bodyChunk, discardBody, partsOf, type Reply } from './reply.ts'
import type { RequestContext } from './request-context.ts'
import type { Source } from './source.ts'
import { isBodyless } from './status.ts'

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
  try {
    return toResponse(app, ctx, reply)
  } catch (error) {
    // What cannot be written is logged and answered, as by a server.
    app.log.error(`The reply to ${ctx.method} ${ctx.path} could not be written`, { requestId: ctx.id, error })
    discardBody(reply.body)
    await app.end(ctx, error)
    return new Response(null, { status: 500, headers: { 'Content-Length': '0' } })
  }
}

function toResponse(app: RequestHandler, ctx: RequestContext, reply: Reply): Response {
  const { body, status } = reply
  const headers = new Headers()
  const list = reply.headers ?? []
  for (let index = 0; index < list.length; index += 2) {
    headers.append(list[index] as string, list[index + 1] as string)
  }
  if (reply.type !== null) {
    headers.set('Content-Type', reply.type)
  }
  const isWhole = typeof body === 'string' || body instanceof Uint8Array
  if (isWhole && !isBodyless(status)) {
    headers.set('Content-Length', String(typeof body === 'string' ? new TextEncoder().encode(body).length : body.length))
  } else if (body === null && !isBodyless(status) && !headers.has('Content-Length')) {
    headers.set('Content-Length', '0')
  }
  const isEmpty = body === null || ctx.method === 'HEAD' || isBodyless(status)
  if (!isEmpty && !isWhole) {
    return new Response(streamOf(app, ctx, body), { status, headers })
  }
  const response = new Response(isEmpty ? null : (body as string | Uint8Array<ArrayBuffer>), { status, headers })
  discardBody(isWhole ? null : body)
  void app.end(ctx)
  return response
}

/** The body as a stream that ends the request when it ends, fails or is cancelled. */
function streamOf(app: RequestHandler, ctx: RequestContext, source: AsyncIterable<unknown>): ReadableStream<Uint8Array> {
  const iterator = partsOf(source)
  let isOver = false
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await app.within(ctx, () => iterator.next())
        if (isOver) {
          return
        }
        if (done === true) {
          controller.close()
          await app.end(ctx)
        } else {
          const chunk = bodyChunk(value)
          controller.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk)
        }
      } catch (error) {
        if (isOver) {
          return
        }
        controller.error(error)
        app.log.error(`The body of ${ctx.method} ${ctx.path} failed`, { requestId: ctx.id, error })
        await iterator.return?.().catch(() => undefined)
        await app.end(ctx, error)
      }
    },
    async cancel() {
      isOver = true
      try {
        await app.within(ctx, () => iterator.return?.())
      } finally {
        await app.end(ctx)
      }
    },
  })
}
