import { type ErrorFactory, errorTable } from '@micro/core'

/** Every code that this package throws at developers. */
export const MAILER_ERRORS = {
  MICRO_MAILER_ADDRESS: {
    message: 'A mail was to go to {address}, which is no address.',
    fix: 'Give `to` one address, such as ada@example.com, or a list of them.',
  },
  MICRO_MAILER_TEXT: {
    message: "A mail's {part} was {what}.",
    fix: 'Give it a text; the subject is one line.',
  },
  MICRO_MAILER_SENDER: {
    message: 'A mail has no sender.',
    fix: 'Set MICRO_MAILER__FROM, mailer({ from }), or `from` of the mail.',
  },
  MICRO_MAILER_REFUSED: {
    message: 'The mail server at {server} did not take a mail: {reason}.',
    fix: 'Look at MICRO_MAILER__URL, and at what the server says.',
  },
} as const

/** One of the codes. */
export type MailerErrorCode = keyof typeof MAILER_ERRORS

export const mailerError: ErrorFactory<typeof MAILER_ERRORS> = errorTable(MAILER_ERRORS)
