import type { ConfigEntry } from '../config/config.ts'
import type { Reply } from '../http/reply.ts'
import type { JsonProvider } from '../json/json.ts'
import type { Redactor } from '../log/redact.ts'
import type { SessionKeeper } from '../session/session-keeper.ts'
import type { Templates } from '../templates/templates.ts'
import type { ReadOptions } from './body.ts'
import type { AppView, Context } from './context.ts'

/** A reader of bodies of one content type: what `body(schema)` validates. */
export type BodyReader = (ctx: Context, options: ReadOptions) => unknown

/** What a class made from the app's answers in its own way; null where it leaves that to core, so that nobody else pays for asking. */
export interface OwnAnswers {
  readonly makeReply: ((result: unknown, status: number, ctx: Context) => Reply | null) | null
  readonly makeErrorReply: ((error: unknown, ctx: Context) => Reply | Promise<Reply>) | null
  readonly answerRequest: ((ctx: Context, next: () => Reply | Promise<Reply>) => Reply | Promise<Reply>) | null
}

/** The parts of an app that its requests use. */
export interface RequestParts {
  readonly own: OwnAnswers
  /** The reply of what a handler returned; null where it is no reply. */
  readonly toReply: (result: unknown, status: number, ctx: Context) => Reply | null
  readonly json: JsonProvider
  readonly templates: Templates
  readonly bodyReaders: ReadonlyMap<string, BodyReader>
  readonly sessions: SessionKeeper
  /** What development may show of the configuration, and what of it must be hidden. */
  readonly configEntries: readonly ConfigEntry[]
  readonly config: { readonly redactor: Redactor }
}

/** What a request needs of its app. */
export interface ContextHost extends AppView {
  readonly '~registry': RequestParts
  readonly rootPath: string | undefined
}
