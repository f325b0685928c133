import { type ConfigSchema, defineExtension, type Extension, type Member, option, options } from '@micro/core'
import { createTransport } from 'nodemailer'
import type { Mail, MailerApp, MailerContext } from './mail.ts'
import { mailerError } from './mailer-errors.ts'

/** What may be given for `config.mailer`, and to `mailer()`. */
export interface MailerOptions {
  readonly url?: string
  readonly from?: string
  readonly timeoutMs?: number
}

/** What `config.mailer` comes to. */
export interface MailerConfig {
  readonly url: string
  readonly from: string | undefined
  readonly timeoutMs: number
}

/** What stands under the name. */
export interface MailerMember extends Member<MailerApp, MailerContext> {}

/** The extension that `mailer()` makes. */
export interface MailerExtension extends Extension<'mailer', MailerMember, {}, MailerOptions, MailerConfig> {}

const CONFIG: ConfigSchema<MailerOptions, MailerConfig> = options({
  url: option.string({
    default: 'smtp://127.0.0.1:25',
    pattern: /^smtps?:\/\//,
    secret: true,
    description: 'The mail server: smtp:// or smtps://, with user and password where it asks for them.',
  }),
  from: option.string({ description: 'Who mails come from.' }),
  timeoutMs: option.int({ default: 10_000, min: 1, description: 'Time that the server may be silent.' }),
})

/** An address as this package takes it: no spaces, quotes or line ends that could begin another header. */
const ADDRESS = /^[^\s<>"(),:;@\\]+@[^\s<>"(),:;@\\]+$/

/** Sends mail by SMTP: `app.mailer` and `ctx.mailer`. */
export function mailer(given: MailerOptions = {}): MailerExtension {
  return defineExtension({
    name: 'mailer',
    version: '1.0.0',
    core: '^1.0.0',
    config: CONFIG,
    options: given,
    initApp(app, config) {
      const server = new URL(config.url).host
      const timeouts = { connectionTimeout: config.timeoutMs, greetingTimeout: config.timeoutMs, socketTimeout: config.timeoutMs }
      let transport: ReturnType<typeof createTransport> | undefined
      const send = async (mail: Mail): Promise<string> => {
        const checked = check(mail, config.from)
        transport ??= createTransport({ url: config.url, ...timeouts, disableFileAccess: true, disableUrlAccess: true })
        try {
          const { messageId } = await transport.sendMail(checked)
          return messageId
        } catch (error) {
          throw mailerError('MICRO_MAILER_REFUSED', { server, reason: reasonOf(error) }, { cause: error })
        }
      }
      app.onStop(() => {
        transport?.close()
        transport = undefined
      })
      return {
        app: { send },
        context: (ctx): MailerContext => ({
          send,
          sendLater(mail) {
            const checked = check(mail, config.from)
            ctx.onTeardown(async () => {
              await send({ ...mail, from: checked.from }).catch((error: unknown) => ctx.log.error('A mail was not sent', { error }))
            })
          },
        }),
      }
    },
  })
}

interface CheckedMail {
  readonly from: string
  readonly to: string[]
  readonly subject: string
  readonly text: string
  readonly html: string | undefined
}

function check({ to, subject, text, html, from }: Mail, configured: string | undefined): CheckedMail {
  const addresses = typeof to === 'string' ? [to] : [...to]
  const wrong = addresses.find((address) => typeof address !== 'string' || !ADDRESS.test(address))
  if (addresses.length === 0 || wrong !== undefined) {
    throw mailerError('MICRO_MAILER_ADDRESS', { address: JSON.stringify(wrong ?? to) })
  }
  if (typeof subject !== 'string' || /[\r\n]/.test(subject)) {
    throw mailerError('MICRO_MAILER_TEXT', { part: 'subject', what: typeof subject === 'string' ? 'more than one line' : typeof subject })
  }
  if (typeof text !== 'string') {
    throw mailerError('MICRO_MAILER_TEXT', { part: 'text', what: typeof text })
  }
  const sender = from ?? configured
  if (sender === undefined) {
    throw mailerError('MICRO_MAILER_SENDER', {})
  }
  return { from: sender, to: addresses, subject, text, html }
}

/** What the server said, or what kept it from being reached, without line ends. */
function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').replace(/\.$/, '')
}
