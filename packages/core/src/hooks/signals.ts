/** What core tells on its signals. Nothing is made or called while nobody listens. */

import { checkOptions, type OptionNames } from '../errors/check-options.ts'
import type { Reply } from '../http/reply.ts'
import type { AppView, Context } from '../request/context.ts'
import { type Channel, channel, listen, type Signal } from './signal.ts'
import { isThenable } from './thenable.ts'

/** Whose signal it is. */
export interface AppMessage {
  /** The app; one process may have several. */
  readonly app: AppView
}

/** Something that happens to a request, or to a context of `app.run`. */
export interface ContextMessage extends AppMessage {
  /** The same object in every message of one request. */
  readonly ctx: Context
}

/** The messages of core's signals by the names of their channels. */
export interface SignalMessages {
  /** The start hooks have run: requests are answered from here on. */
  'micro:app:start': AppMessage
  /** The stop hooks have run. */
  'micro:app:stop': AppMessage
  /** A request has come; its route is not yet known. What a store bound to this channel gives is at hand until its reply is made. */
  'micro:request:start': ContextMessage
  /** The reply is complete, the session saved: it is what will be sent. */
  'micro:request:finish': ContextMessage & { readonly reply: Reply }
  /** Something failed that nobody expected: what is logged as an error. May come several times. */
  'micro:request:error': ContextMessage & { readonly error: unknown }
  /** The response has been sent, or given up, and every teardown has run. `error` is what the teardowns were told, or how they failed. */
  'micro:request:teardown': ContextMessage & { readonly error: unknown }
  /** `app.run` has made a context. What a store bound to this channel gives is at hand while its function runs. */
  'micro:run:start': ContextMessage
  /** The function of `app.run` has ended, and so have its teardowns. */
  'micro:run:finish': ContextMessage & { readonly error: unknown }
  /** A template is about to be rendered; `values` are all that it sees, and may be changed. */
  'micro:render:start': ContextMessage & { readonly template: string; readonly values: { [name: string]: unknown } }
  /** It has been rendered to `text`, which a page that was sent piece by piece has not, or failed with `error`. */
  'micro:render:finish': ContextMessage & {
    readonly template: string
    readonly values: { readonly [name: string]: unknown }
    readonly text?: string
    readonly error?: unknown
  }
  /** A message was kept for the next page. */
  'micro:flash': ContextMessage & { readonly message: string; readonly category: string }
}

const core = <N extends keyof SignalMessages>(name: N): Channel<SignalMessages[N]> => channel<SignalMessages[N]>(name)

/** The channels themselves. */
export const SIGNALS: { readonly [N in keyof SignalMessages]: Channel<SignalMessages[N]> } = {
  'micro:app:start': core('micro:app:start'),
  'micro:app:stop': core('micro:app:stop'),
  'micro:request:start': core('micro:request:start'),
  'micro:request:finish': core('micro:request:finish'),
  'micro:request:error': core('micro:request:error'),
  'micro:request:teardown': core('micro:request:teardown'),
  'micro:run:start': core('micro:run:start'),
  'micro:run:finish': core('micro:run:finish'),
  'micro:render:start': core('micro:render:start'),
  'micro:render:finish': core('micro:render:finish'),
  'micro:flash': core('micro:flash'),
}

/** How one listens. */
export interface ListenOptions {
  /** Only what this app tells. */
  readonly app?: AppView
}

const LISTEN_OPTIONS: OptionNames<ListenOptions> = { app: true }

/**
 * Listens to a signal of core, or to one of an extension or one's own. Returns a function that ends it. A listener cannot change what
 * happens: what it throws, or rejects with, is logged.
 */
export function onSignal<N extends keyof SignalMessages>(
  name: N,
  listener: (message: SignalMessages[N]) => unknown,
  options?: ListenOptions,
): () => void
export function onSignal<M extends object>(signal: Signal<M>, listener: (message: M) => unknown, options?: ListenOptions): () => void
export function onSignal(which: string | Signal<never>, listener: (message: never) => unknown, options: ListenOptions = {}): () => void {
  checkOptions('onSignal()', options, LISTEN_OPTIONS)
  const name = typeof which === 'string' ? which : which.name
  return listen(name, (message) => {
    const { app } = message as Partial<AppMessage>
    if (options.app !== undefined && options.app !== app) {
      return
    }
    const failed = (error: unknown): void => (app?.log ?? console).error(`A listener of ${name} failed`, { error })
    try {
      const result = listener(message as never)
      if (isThenable(result)) {
        result.then(undefined, failed)
      }
    } catch (error) {
      failed(error)
    }
  })
}

const RENDER = SIGNALS['micro:render:start']
const RENDERED = SIGNALS['micro:render:finish']

/** The values of a template as listeners see them. */
type Values = SignalMessages['micro:render:start']['values']

/** Renders, and tells of it where somebody listens. */
export function renderTold(
  ctx: Context,
  name: () => string,
  values: Values,
  render: () => string | Promise<string>,
): string | Promise<string> {
  if (!RENDER.hasSubscribers && !RENDERED.hasSubscribers) {
    return render()
  }
  const message = { app: ctx.app, ctx, template: name(), values }
  const failed = (error: unknown): never => {
    RENDERED.publish({ ...message, error })
    throw error
  }
  const done = (text: string): string => {
    RENDERED.publish({ ...message, text })
    return text
  }
  try {
    const text = RENDER.runStores(message, render)
    return isThenable(text) ? text.then(done, failed) : done(text)
  } catch (error) {
    return failed(error)
  }
}

/** The same of a page that is rendered piece by piece: the end is told when the last has been taken. */
export async function* streamTold(
  ctx: Context,
  name: () => string,
  values: Values,
  render: () => AsyncIterable<string>,
): AsyncGenerator<string, void, undefined> {
  if (!RENDER.hasSubscribers && !RENDERED.hasSubscribers) {
    yield* render()
    return
  }
  const message = { app: ctx.app, ctx, template: name(), values }
  let error: unknown
  RENDER.publish(message)
  try {
    yield* render()
  } catch (failure) {
    error = failure
    throw failure
  } finally {
    RENDERED.publish(error === undefined ? message : { ...message, error })
  }
}
