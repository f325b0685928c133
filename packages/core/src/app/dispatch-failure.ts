/** What was thrown becomes a reply: an error has the handler that was declared for it, or core's own page. */
import { coreError } from '../errors/core-errors.ts'
import { type ErrorRecord, findErrorHandler } from '../hooks/error-handler.ts'
import { blame, blameFields, ownerInWords } from '../hooks/hooks.ts'
import { SIGNALS } from '../hooks/signals.ts'
import { HttpError, isHttpError } from '../http/http-error.ts'
import { isReply, type Reply } from '../http/reply.ts'
import type { Log } from '../log/log.ts'
import { clientErrorReply, errorReply } from '../reply/error-reply.ts'
import { whatIs } from '../reply/to-reply.ts'
import type { OwnAnswers, RequestParts } from '../request/context-host.ts'
import type { RequestContext } from '../request/request-context.ts'
import type { Plan } from '../routing/route.ts'
import type { SessionKeeper } from '../session/session-keeper.ts'

const FAILED = SIGNALS['micro:request:error']

/** What is needed of an app to answer what failed. */
export interface FailureHost {
  readonly sessions: SessionKeeper
  readonly own: OwnAnswers
  readonly toReply: RequestParts['toReply']
  readonly log: Log
}

/**
 * The reply to what was thrown, which nothing keeps from being made. Most of it are errors for the client that no handler is declared
 * for: these wait for nothing.
 */
export function replyTo(app: FailureHost, plan: Plan, ctx: RequestContext, thrown: unknown): Reply | Promise<Reply> {
  if (
    app.own.makeErrorReply !== null ||
    !isHttpError(thrown) ||
    thrown.status >= 500 ||
    findErrorHandler(plan.errors, thrown) !== undefined
  ) {
    return replySlowly(app, plan, ctx, thrown)
  }
  try {
    noteHttpError(app, ctx, thrown)
    begin(ctx, thrown)
    return clientErrorReply(ctx, thrown)
  } catch (failure) {
    return breakDown(app, plan, ctx, failure, undefined)
  }
}

/** A reply that was thrown is one already; an error has the handler that was declared for it, or core's own. */
async function replySlowly(app: FailureHost, plan: Plan, ctx: RequestContext, thrown: unknown): Promise<Reply> {
  let asked: ErrorRecord | undefined
  try {
    if (isAnswer(thrown)) {
      return app.toReply(thrown, ctx.status, ctx) as Reply
    }
    const record = findErrorHandler(plan.errors, thrown)
    if (record === undefined && !isHttpError(thrown)) {
      return await breakDown(app, plan, ctx, thrown, undefined)
    }
    if (isHttpError(thrown)) {
      noteHttpError(app, ctx, thrown)
    }
    asked = record
    return record === undefined ? await ownReply(app, ctx, thrown) : await answered(app, plan, ctx, thrown, record)
  } catch (failure) {
    return breakDown(app, plan, ctx, failure, asked)
  }
}

/**
 * What nobody expected, or what failed in an error handler: it is reported, and answered as a 500 by the handler for that, unless it was
 * this one that failed. What fails now is reported too, and core answers.
 */
async function breakDown(
  app: FailureHost,
  plan: Plan,
  ctx: RequestContext,
  error: unknown,
  failed: ErrorRecord | undefined,
): Promise<Reply> {
  report(app, ctx, error)
  const internal = isHttpError(error) && error.status >= 500 ? error : new HttpError(500, undefined, { cause: error })
  const record = findErrorHandler(plan.errors, internal)
  try {
    return record === undefined || record === failed ? await ownReply(app, ctx, internal) : await answered(app, plan, ctx, internal, record)
  } catch (second) {
    return lastResort(app, ctx, second)
  }
}

/** The reply of an error handler. It may itself end in a reply or an error for the client, which the next handler answers, or core. */
async function answered(app: FailureHost, plan: Plan, ctx: RequestContext, error: unknown, record: ErrorRecord): Promise<Reply> {
  try {
    return await handle(app, ctx, error, record)
  } catch (failure) {
    if (isAnswer(failure)) {
      return app.toReply(failure, 200, ctx) as Reply
    }
    if (!isHttpError(failure) || failure.status >= 500) {
      if (failure !== error && !isHttpError(error)) {
        // It was expected, but then not dealt with.
        report(app, ctx, error)
      }
      throw failure
    }
    const next = findErrorHandler(plan.errors, failure)
    return next === undefined || next === record ? ownReply(app, ctx, failure) : handle(app, ctx, failure, next)
  }
}

async function handle(app: FailureHost, ctx: RequestContext, error: unknown, record: ErrorRecord): Promise<Reply> {
  begin(ctx, error)
  if (app.sessions.isPreloaded && ctx.readSession === null) {
    // A static file's own request reads none; its error page may use one.
    await app.sessions.preload(ctx)
  }
  try {
    const result = await record.handler(error, ctx)
    const reply = app.toReply(result, ctx.status, ctx)
    if (reply === null) {
      const target = typeof record.target === 'number' ? record.target : record.target.name
      throw coreError('MICRO_ERROR_HANDLER_RESULT', { owner: ownerInWords(record.owner), target, what: whatIs(result) })
    }
    return reply
  } catch (failure) {
    if (!isAnswer(failure)) {
      blame(failure, record.owner)
    }
    throw failure
  }
}

function ownReply(app: FailureHost, ctx: RequestContext, error: unknown): Reply | Promise<Reply> {
  begin(ctx, error)
  return app.own.makeErrorReply === null ? errorReply(ctx, error) : app.own.makeErrorReply(error, ctx)
}

/** The reply where even the page of an error has failed: core's own. */
export function lastResort(app: FailureHost, ctx: RequestContext, error: unknown): Reply | Promise<Reply> {
  report(app, ctx, error)
  const internal = new HttpError(500, undefined, { cause: error })
  begin(ctx, internal)
  return errorReply(ctx, internal)
}

/** An error's reply has its status, and nothing of the result that was under way. */
function begin(ctx: RequestContext, error: unknown): void {
  ctx.statusSet = isHttpError(error) ? error.status : 500
  ctx.replyHeaders?.dropResult()
}

/** Whether what was thrown is a reply: the request has been answered, and nothing has failed. */
function isAnswer(thrown: unknown): thrown is Reply | Response {
  return (
    typeof thrown === 'object' && thrown !== null && (isReply(thrown) || Object.prototype.toString.call(thrown) === '[object Response]')
  )
}

/** A failure of the server: teardowns are told of it, and so is the log. */
function report(app: FailureHost, ctx: RequestContext, error: unknown): void {
  ctx.failedWith = error
  if (!isGivenUp(ctx, error)) {
    if (FAILED.hasSubscribers) {
      FAILED.publish({ app: ctx.app, ctx, error })
    }
    app.log.error(`${ctx.method} ${ctx.path} failed`, { requestId: ctx.id, ...blameFields(error), error })
  }
}

/** An error for the client is nobody's failure, unless it says that it is the server's. */
function noteHttpError(app: FailureHost, ctx: RequestContext, error: HttpError): void {
  if (error.status >= 500) {
    report(app, ctx, error)
  } else if (error.cause !== undefined && /^(EACCES|EPERM)$/.test(String((error.cause as { code?: unknown } | null)?.code))) {
    // The client is told 404; that the file may not be read is the developer's to know.
    app.log.warn(`${ctx.method} ${ctx.path} asked for a file that may not be read`, { requestId: ctx.id, error })
  }
}

/** What a handler gave up because its client went away is nobody's fault. */
function isGivenUp(ctx: RequestContext, error: unknown): boolean {
  return (error as { readonly name?: unknown } | null | undefined)?.name === 'AbortError' && ctx.signal.aborted
}
