/** Answers native requests: what `app.fetch` does. */
import type { RequestHandler } from '../app/app-requests.ts'
import { isThenable } from '../hooks/thenable.ts'
import { discardBody, type Reply } from '../http/reply.ts'
import { isBodyless } from '../http/status.ts'
import { headerIn, sentHeaders } from '../reply/sent-headers.ts'
import { FetchSource } from '../request/fetch-source.ts'
import type { RequestContext } from '../request/request-context.ts'
import { BodyParts } from './body-parts.ts'

const ENCODER = new TextEncoder()

/** The native response to a native request. `platform` is what the runtime's server gives beside it. */
export async function answerFetch(app: RequestHandler, request: Request, platform: unknown): Promise<Response> {
  const ctx = app.accept(new FetchSource(request, platform))
  let reply: Reply | undefined
  try {
    const handled = app.handle(ctx)
    reply = isThenable(handled) ? await handled : handled
    const response = toResponse(app, ctx, reply)
    return isThenable(response) ? await response : response
  } catch (error) {
    // What cannot be written is logged and answered, as by a server.
    app.log.error(`The reply to ${ctx.method} ${ctx.path} could not be written`, { requestId: ctx.id, error })
    discardBody(reply?.body ?? null)
    await app.end(ctx, error)
    return new Response(null, { status: 500, headers: { 'Content-Length': '0' } })
  }
}

function toResponse(app: RequestHandler, ctx: RequestContext, reply: Reply): Response | Promise<Response> {
  const { body, status } = reply
  const isWhole = body === null || typeof body === 'string' || body instanceof Uint8Array
  const list = sentHeaders(reply, isWhole ? bytesOf(body) : undefined, app.securityHeaders)
  const isEmpty = ctx.method === 'HEAD' || isBodyless(status)
  if (!isEmpty && !isWhole) {
    return streamed(app, ctx, body, status, list)
  }
  const response = new Response(isEmpty || !isWhole ? null : (body as string | Uint8Array<ArrayBuffer> | null), {
    status,
    headers: pairsOf(list),
  })
  discardBody(body)
  void app.end(ctx)
  return response
}

/** Length of a body in bytes; null for none. */
function bytesOf(body: string | Uint8Array | null): number | null {
  if (typeof body !== 'string') {
    return body === null ? null : body.length
  }
  return typeof Buffer === 'function' ? Buffer.byteLength(body) : ENCODER.encode(body).length
}

function pairsOf(list: readonly string[]): [string, string][] {
  const pairs: [string, string][] = []
  for (let index = 0; index < list.length; index += 2) {
    pairs.push([list[index] as string, list[index + 1] as string])
  }
  return pairs
}

/** The response with a streamed body. Where that fails before its response is there, the error handlers are asked, once. */
async function streamed(
  app: RequestHandler,
  ctx: RequestContext,
  body: AsyncIterable<unknown>,
  status: number,
  list: readonly string[],
): Promise<Response> {
  let parts: BodyParts | undefined
  try {
    parts = new BodyParts(app, ctx, body, headerIn(list, 'content-length'))
    await parts.begin()
  } catch (error) {
    await parts?.end(error)
    if (ctx.failedWith !== undefined) {
      throw error
    }
    ctx.failedWith = error
    return toResponse(app, ctx, await app.fail(ctx, error))
  }
  return new Response(streamOf(app, ctx, parts), { status, headers: pairsOf(list) })
}

/** The body as a stream that ends the request when it ends, fails or is cancelled. */
function streamOf(app: RequestHandler, ctx: RequestContext, parts: BodyParts): ReadableStream<Uint8Array> {
  let isOver = false
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const part = await parts.next()
        if (isOver) {
          return
        }
        if (part === null) {
          controller.close()
          await app.end(ctx)
        } else {
          controller.enqueue(typeof part === 'string' ? ENCODER.encode(part) : part)
        }
      } catch (error) {
        if (isOver) {
          return
        }
        // Whoever reads the body may end the request as soon as it knows.
        ctx.failedWith ??= error
        controller.error(error)
        app.log.error(`The body of ${ctx.method} ${ctx.path} failed`, { requestId: ctx.id, error })
        await parts.end(error)
        await app.end(ctx, error)
      }
    },
    async cancel() {
      isOver = true
      await parts.end()
      await app.end(ctx)
    },
  })
}
