/** Writes replies to Node's responses: one `writeHead` with a flat list, one `end` with a length, streams with backpressure. */
import type { ServerResponse } from 'node:http'
import type { RequestHandler } from './dispatch.ts'
import type { NodeSource } from './node-source.ts'
import type { Reply, ReplyBody } from './reply.ts'
import type { RequestContext } from './request-context.ts'
import { isBodyless } from './status.ts'

/** How long, and how many bytes of, a body that nobody reads is let in so that the reply to it arrives. */
const LINGER_MS = 2_000
const LINGER_BYTES = 64 * 1024 * 1024

/** Writes a reply, and tells the app when it is over. */
export function writeReply(app: RequestHandler, ctx: RequestContext, source: NodeSource, reply: Reply): void {
  const { response } = source
  if (response.destroyed) {
    discard(reply.body)
    end(app, ctx)
    return
  }
  const { body, status } = reply
  const headers = reply.headers === null ? [] : reply.headers.slice()
  if (reply.type !== null) {
    headers.push('Content-Type', reply.type)
  }
  if (isNative(body)) {
    for (const [name, value] of body.headers) {
      headers.push(name, value)
    }
    writeStream(app, ctx, source, status, headers, body.body)
  } else if (typeof body === 'string' || body === null || body instanceof Uint8Array) {
    const length = body === null ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.length
    if (!isBodyless(status) && (reply.headers === null || !has(headers, 'content-length'))) {
      headers.push('Content-Length', String(length))
    }
    response.writeHead(status, headers)
    if (!source.incoming.complete && has(headers, 'connection')) {
      linger(source, ctx.method === 'HEAD' ? null : body)
    } else if (body === null || ctx.method === 'HEAD') {
      response.end()
    } else {
      response.end(body)
    }
    endWhenSent(app, ctx, response)
  } else {
    writeStream(app, ctx, source, status, headers, body)
  }
}

/** Most requests have nothing to end: then nothing listens. */
function endWhenSent(app: RequestHandler, ctx: RequestContext, response: ServerResponse): void {
  if (ctx.teardownList === null && ctx.matchedRoute?.plan?.teardown == null) {
    end(app, ctx)
  } else {
    response.once('close', () => end(app, ctx))
  }
}

function writeStream(
  app: RequestHandler,
  ctx: RequestContext,
  source: NodeSource,
  status: number,
  headers: string[],
  body: AsyncIterable<Uint8Array | string> | ReadableStream<Uint8Array> | null,
): void {
  const { response } = source
  response.writeHead(status, headers)
  if (body === null || ctx.method === 'HEAD' || isBodyless(status)) {
    discard(body)
    response.end()
    endWhenSent(app, ctx, response)
    return
  }
  const { Readable, pipeline } = process.getBuiltinModule('node:stream')
  const readable = body instanceof Readable ? body : Readable.from(body as AsyncIterable<Uint8Array>, { objectMode: true, highWaterMark: 1 })
  // A stream of events is worth nothing in a buffer: its head goes out at once.
  response.flushHeaders()
  pipeline(readable, response, (error) => {
    if (error !== undefined && error !== null && (error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') {
      app.log.error(`The body of ${ctx.method} ${ctx.path} failed`, { requestId: ctx.id, error })
      ctx.failedWith = error
    }
    end(app, ctx)
  })
}

/**
 * A reply to a request whose body is not wanted: the client may still be sending, and a connection that is closed with bytes unread
 * is reset, which loses the reply. So it is written, what comes is thrown away for a short time, and then the connection ends.
 */
function linger({ incoming, response }: NodeSource, body: string | Uint8Array | null): void {
  if (body !== null) {
    response.write(body)
  } else {
    response.flushHeaders()
  }
  let bytes = 0
  const finish = (): void => {
    clearTimeout(timer)
    response.end()
    incoming.destroy()
  }
  const timer = setTimeout(finish, LINGER_MS)
  incoming.removeAllListeners('data')
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > LINGER_BYTES) {
      finish()
    }
  })
  incoming.once('end', () => {
    clearTimeout(timer)
    response.end()
  })
  incoming.once('error', () => clearTimeout(timer))
  incoming.once('close', () => clearTimeout(timer))
  incoming.resume()
}

/** Lets go of a body that is not sent. */
function discard(body: ReplyBody): void {
  const stream = isNative(body) ? body.body : body
  if (stream !== null && typeof stream === 'object' && Symbol.asyncIterator in stream) {
    const destroy = (stream as { destroy?: () => void }).destroy
    if (typeof destroy === 'function') {
      destroy.call(stream)
    } else {
      void (stream as AsyncIterable<unknown>)[Symbol.asyncIterator]().return?.()?.catch(() => undefined)
    }
  }
}

function isNative(body: ReplyBody): body is Response {
  return typeof body === 'object' && body !== null && Object.prototype.toString.call(body) === '[object Response]'
}

function end(app: RequestHandler, ctx: RequestContext): void {
  const ending = app.finished(ctx)
  if (ending !== undefined) {
    ending.catch((error: unknown) => app.log.error('The end of a request failed', { error }))
  }
}

function has(headers: readonly string[], name: string): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    if ((headers[index] as string).toLowerCase() === name) {
      return true
    }
  }
  return false
}
