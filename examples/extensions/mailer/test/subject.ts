import { type MailerContext, mailer } from '@examples/mailer'
import type { Subject } from '@micro/compat'
import type { Context } from '@micro/core'

const mailerOf = (ctx: Context) => (ctx as Context & { readonly mailer: MailerContext }).mailer

/** The extension as a subject of the suite, with a mail server that takes what it sends. */
export const subjectFor = (url: string): Subject => ({
  create: () => mailer({ from: 'app@example.com' }),
  module: import.meta.resolve('@examples/mailer'),
  config: { url },
  otherConfig: { url, from: 'other@example.com' },
  misconfigure: [
    { config: { timeoutMs: 'soon' }, key: 'timeoutMs' },
    { config: { url: 'http://user:hunter2@127.0.0.1' }, key: 'url', secret: 'hunter2' },
  ],
  exercise: async (ctx) => typeof (await mailerOf(ctx).send({ to: 'ada@example.com', subject: 'Hello', text: 'Hello, Ada!' })),
  misuse: (ctx) => mailerOf(ctx).send({ to: 'nobody', subject: 'Hello', text: 'Hello' }),
})
