/** Writes replies to Node's responses: one `writeHead` with a flat list, one `end` with a length, streams with backpressure. */
import type { RequestHandler } from '../app/app-requests.ts'
import { discardBody, type Reply } from '../http/reply.ts'
import { isBodyless } from '../http/status.ts'
import { hasHeader, headerIn, sentHeaders } from '../reply/sent-headers.ts'
import type { RequestContext } from '../request/request-context.ts'
import { BodyParts } from './body-parts.ts'
import { linger } from './linger.ts'
import { refuse } from './node-gate.ts'
import type { NodeSource } from './node-source.ts'

/** Writes a reply, and tells the app when it is over. What cannot be written is logged and ends the connection, never the process. */
export function writeReply(app: RequestHandler, ctx: RequestContext, source: NodeSource, reply: Reply): void {
  try {
    if (source.outgoing.destroyed) {
      discardBody(reply.body)
      finish(app, ctx)
    } else {
      write(app, ctx, source, reply)
    }
  } catch (error) {
    discardBody(reply.body)
    giveUp(app, ctx, source, error)
  }
}

/** Ends a request that can get no reply but that there is none. */
export function giveUp(app: RequestHandler, ctx: RequestContext, source: NodeSource, error: unknown): void {
  app.log.error(`The reply to ${ctx.method} ${ctx.path} could not be written`, { requestId: ctx.id, error })
  if (source.response.headersSent) {
    source.breakOff()
  } else {
    refuse(source, 500)
  }
  finish(app, ctx, error)
}

function write(app: RequestHandler, ctx: RequestContext, source: NodeSource, reply: Reply): void {
  const { body, status } = reply
  const isEmpty = ctx.method === 'HEAD' || isBodyless(status)
  if (typeof body === 'string') {
    const bytes = Buffer.byteLength(body)
    const list = headersOf(app, source, reply, bytes)
    source.writeHead(status, list)
    const encoding = encodingOf(body, bytes, reply)
    send(source, list, isEmpty ? null : encoding === null ? Buffer.from(body) : body, encoding ?? 'utf8')
  } else if (body === null || body instanceof Uint8Array) {
    const list = headersOf(app, source, reply, body === null ? null : body.length)
    source.writeHead(status, list)
    send(source, list, isEmpty ? null : body)
  } else {
    const list = headersOf(app, source, reply, undefined)
    if (!isEmpty) {
      void stream(app, ctx, source, status, list, body)
      return
    }
    source.writeHead(status, list)
    discardBody(body)
    send(source, list, null)
  }
  if (app.hasTeardown(ctx)) {
    source.outgoing.once('close', () => finish(app, ctx))
  } else {
    // Most requests have nothing to end: then nothing listens.
    finish(app, ctx)
  }
}

/** The reply's headers as one flat list, with what they say of the connection. How a body without a length is framed is Node's to say. */
function headersOf(app: RequestHandler, source: NodeSource, reply: Reply, bytes: number | null | undefined): string[] {
  const list = sentHeaders(reply, bytes, app.securityHeaders)
  if ((app.isClosing || source.isUnwanted) && !hasHeader(list, 'connection')) {
    list.push('Connection', 'close')
  }
  return list
}

/**
 * How a text is written: ASCII as Latin-1, which is the same bytes and need not be encoded. Node writes head and text as one, in the text's
 * encoding: where that is UTF-8 and the head is not ASCII, it is null, and the text must be bytes.
 */
function encodingOf(body: string, bytes: number, { type, headers }: Reply): 'latin1' | 'utf8' | null {
  if (bytes === body.length) {
    return 'latin1'
  }
  return (type !== null && LATIN.test(type)) || (headers !== null && hasLatin(headers)) ? null : 'utf8'
}

function send(source: NodeSource, list: readonly string[], body: string | Uint8Array | null, encoding: 'latin1' | 'utf8' = 'utf8'): void {
  const { incoming, response } = source
  if (hasHeader(list, 'connection') && !incoming.complete && source.hasBody) {
    if (body === null) {
      response.flushHeaders()
    } else {
      response.write(body, encoding)
    }
    linger(source)
  } else if (body === null) {
    response.end()
  } else {
    response.end(body, encoding)
  }
}

/** Sends a body part by part, as fast as the client takes it. If the client goes away, the body is told to end. */
async function stream(
  app: RequestHandler,
  ctx: RequestContext,
  source: NodeSource,
  status: number,
  list: string[],
  body: AsyncIterable<unknown>,
): Promise<void> {
  const { response, outgoing } = source
  let parts: BodyParts | undefined
  let isOver = false
  const leave = async (): Promise<void> => {
    if (!isOver) {
      isOver = true
      await parts?.end()
      finish(app, ctx)
    }
  }
  outgoing.once('close', leave)
  try {
    parts = new BodyParts(app, ctx, body, headerIn(list, 'content-length'))
    await parts.begin()
    if (isOver) {
      return
    }
    source.writeHead(status, list)
    if (!parts.isMeasured) {
      response.flushHeaders()
    }
    for (;;) {
      const part = await parts.next()
      if (isOver) {
        return
      }
      if (part === null) {
        break
      }
      if (!response.write(part)) {
        await writable(source)
      }
    }
    isOver = true
    outgoing.off('close', leave)
    outgoing.once('close', () => finish(app, ctx))
    send(source, list, null)
  } catch (error) {
    if (!isOver) {
      isOver = true
      outgoing.off('close', leave)
      await broken(app, ctx, source, parts, error)
    }
  }
}

/** A body has failed. Where nothing of it has been sent, the error handlers are asked, once. */
async function broken(
  app: RequestHandler,
  ctx: RequestContext,
  source: NodeSource,
  parts: BodyParts | undefined,
  error: unknown,
): Promise<void> {
  if (source.response.headersSent) {
    app.log.error(`The body of ${ctx.method} ${ctx.path} failed`, { requestId: ctx.id, error })
    source.breakOff()
    await parts?.end(error)
    finish(app, ctx, error)
    return
  }
  await parts?.end(error)
  if (ctx.failedWith !== undefined) {
    giveUp(app, ctx, source, error)
    return
  }
  ctx.failedWith = error
  try {
    writeReply(app, ctx, source, await app.fail(ctx, error))
  } catch (failure) {
    giveUp(app, ctx, source, failure)
  }
}

/** Waits until the response takes more, or is gone. */
function writable({ response, outgoing }: NodeSource): Promise<void> {
  return new Promise((resolve) => {
    if (outgoing.destroyed) {
      resolve()
      return
    }
    const go = (): void => {
      response.off('drain', go)
      outgoing.off('close', go)
      resolve()
    }
    response.on('drain', go)
    outgoing.on('close', go)
  })
}

function finish(app: RequestHandler, ctx: RequestContext, error?: unknown): void {
  const ending = app.end(ctx, error)
  if (ending !== undefined) {
    ending.catch((failure: unknown) => app.log.error('The end of a request failed', { error: failure }))
  }
}

const LATIN = /[\x80-\xff]/

function hasLatin(headers: readonly string[]): boolean {
  for (let index = 1; index < headers.length; index += 2) {
    if (LATIN.test(headers[index] as string)) {
      return true
    }
  }
  return false
}
