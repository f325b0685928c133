/** Writes replies to Node's responses: one `writeHead` with a flat list, one `end` with a length, streams with backpressure. */
import type { ServerResponse } from 'node:http'
import type { RequestHandler } from './app-requests.ts'
import { linger } from './linger.ts'
import type { NodeSource } from './node-source.ts'
import { bodyChunk, discardBody, partsOf, type Reply } from './reply.ts'
import type { RequestContext } from './request-context.ts'
import { isBodyless } from './status.ts'

const LENGTH = 'content-length'

/** Writes a reply, and tells the app when it is over. What cannot be written is logged and ends the connection, never the process. */
export function writeReply(app: RequestHandler, ctx: RequestContext, source: NodeSource, reply: Reply): void {
  const { response } = source
  try {
    if (response.destroyed) {
      discardBody(reply.body)
      finish(app, ctx)
    } else {
      write(app, ctx, source, reply)
    }
  } catch (error) {
    app.log.error(`The reply to ${ctx.method} ${ctx.path} could not be written`, { requestId: ctx.id, error })
    discardBody(reply.body)
    if (response.headersSent) {
      response.destroy()
    } else {
      response.writeHead(500, ['Content-Length', '0'])
      response.end()
    }
    finish(app, ctx, error)
  }
}

function write(app: RequestHandler, ctx: RequestContext, source: NodeSource, reply: Reply): void {
  const { body, status } = reply
  const { response } = source
  const isHead = ctx.method === 'HEAD'
  if (typeof body === 'string') {
    const list = headersOf(app, source, reply, Buffer.byteLength(body))
    response.writeHead(status, list)
    // Node writes head and text as one, in the text's encoding: a head that is not ASCII would arrive as UTF-8.
    const data = reply.headers !== null && hasLatin(reply.headers) ? Buffer.from(body) : body
    send(source, list, isHead || isBodyless(status) ? null : data)
  } else if (body === null || body instanceof Uint8Array) {
    const list = headersOf(app, source, reply, body === null ? null : body.length)
    response.writeHead(status, list)
    send(source, list, isHead || isBodyless(status) ? null : body)
  } else {
    const list = headersOf(app, source, reply, undefined)
    response.writeHead(status, list)
    if (!isHead && !isBodyless(status)) {
      void stream(app, ctx, source, body, has(list, LENGTH))
      return
    }
    discardBody(body)
    send(source, list, null)
  }
  if (app.hasTeardown(ctx)) {
    response.once('close', () => finish(app, ctx))
  } else {
    // Most requests have nothing to end: then nothing listens.
    finish(app, ctx)
  }
}

/**
 * The reply's headers as one flat list. `bytes` is the body's length: null for none, undefined for a stream. A length that the reply
 * names itself counts only where there is no body to be measured.
 */
function headersOf(app: RequestHandler, source: NodeSource, { type, status, headers }: Reply, bytes: number | null | undefined): string[] {
  const list: string[] = []
  if (type !== null) {
    list.push('Content-Type', type)
  }
  if (bytes !== undefined && !isBodyless(status) && (bytes !== null || headers === null || !has(headers, LENGTH))) {
    list.push('Content-Length', String(bytes ?? 0))
  }
  if (headers !== null) {
    for (let index = 0; index < headers.length; index += 2) {
      const name = headers[index] as string
      if (typeof bytes !== 'number' || name.length !== LENGTH.length || name.toLowerCase() !== LENGTH) {
        list.push(name, headers[index + 1] as string)
      }
    }
  }
  if ((app.isStopping || isUnwanted(source)) && !has(list, 'connection')) {
    list.push('Connection', 'close')
  }
  return list
}

/** What Node may read of a body that nobody wants, to keep the connection for the next request. */
const SKIPPED_BYTES = 65_536

/** Whether a body that has not come in full is too long, or of unknown length, to be skipped. */
function isUnwanted(source: NodeSource): boolean {
  const { incoming, method } = source
  // The method is asked first: most requests have no body, and reading their headers to find that out would cost a twentieth of them.
  return (
    method !== 'GET' && method !== 'HEAD' && !incoming.complete && source.hasBody && !((source.contentLength ?? Infinity) <= SKIPPED_BYTES)
  )
}

function send(source: NodeSource, list: readonly string[], body: string | Uint8Array | null): void {
  const { incoming, response } = source
  if (has(list, 'connection') && !incoming.complete && source.hasBody) {
    linger(incoming, response, body)
    return
  }
  if (body === null) {
    response.end()
  } else {
    response.end(body)
  }
}

/** Sends a body part by part, as fast as the client takes it. If the client goes away, the body is told to end. */
async function stream(
  app: RequestHandler,
  ctx: RequestContext,
  source: NodeSource,
  body: AsyncIterable<unknown>,
  isMeasured: boolean,
): Promise<void> {
  const { response } = source
  const iterator = partsOf(body)
  let isOver = false
  const leave = async (): Promise<void> => {
    if (!isOver) {
      isOver = true
      await letGo(app, ctx, iterator)
      finish(app, ctx)
    }
  }
  response.once('close', leave)
  if (!isMeasured) {
    // The head of a stream without end, such as one of events, does not wait for its first part.
    response.flushHeaders()
  }
  try {
    for (;;) {
      const { done, value } = await app.within(ctx, () => iterator.next())
      if (isOver) {
        return
      }
      if (done === true) {
        break
      }
      if (!response.write(bodyChunk(value))) {
        await writable(response)
      }
    }
    isOver = true
    response.off('close', leave)
    response.once('close', () => finish(app, ctx))
    response.end()
  } catch (error) {
    if (!isOver) {
      isOver = true
      app.log.error(`The body of ${ctx.method} ${ctx.path} failed`, { requestId: ctx.id, error })
      response.destroy()
      await letGo(app, ctx, iterator)
      finish(app, ctx, error)
    }
  }
}

async function letGo(app: RequestHandler, ctx: RequestContext, iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await app.within(ctx, () => iterator.return?.())
  } catch (error) {
    app.log.error(`The body of ${ctx.method} ${ctx.path} failed while it was ended`, { requestId: ctx.id, error })
  }
}

/** Waits until the response takes more, or is gone. */
function writable(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) {
      resolve()
      return
    }
    const go = (): void => {
      response.off('drain', go)
      response.off('close', go)
      resolve()
    }
    response.on('drain', go)
    response.on('close', go)
  })
}

function finish(app: RequestHandler, ctx: RequestContext, error?: unknown): void {
  const ending = app.end(ctx, error)
  if (ending !== undefined) {
    ending.catch((failure: unknown) => app.log.error('The end of a request failed', { error: failure }))
  }
}

function hasLatin(headers: readonly string[]): boolean {
  for (let index = 1; index < headers.length; index += 2) {
    if (/[\x80-\xff]/.test(headers[index] as string)) {
      return true
    }
  }
  return false
}

function has(headers: readonly string[], name: string): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    const header = headers[index] as string
    if (header.length === name.length && header.toLowerCase() === name) {
      return true
    }
  }
  return false
}
