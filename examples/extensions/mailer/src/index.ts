export type { Mail, MailerApp, MailerContext } from './mail.ts'
export { type MailerConfig, type MailerExtension, type MailerMember, type MailerOptions, mailer } from './mailer.ts'
export { MAILER_ERRORS, type MailerErrorCode } from './mailer-errors.ts'
