/** One mail. */
export interface Mail {
  /** One address, or several. */
  readonly to: string | readonly string[]
  /** One line. */
  readonly subject: string
  readonly text: string
  /** The same as HTML, for readers that show it. */
  readonly html?: string
  /** Another sender than the configured one. */
  readonly from?: string
}

/** `app.mailer`. */
export interface MailerApp {
  /**
   * Sends a mail; resolves with its Message-ID once the server has taken it.
   * @throws MicroError `MICRO_MAILER_ADDRESS`, `MICRO_MAILER_TEXT`, `MICRO_MAILER_SENDER`, `MICRO_MAILER_REFUSED`.
   */
  send(mail: Mail): Promise<string>
}

/** `ctx.mailer`: the same, and what waits for the end of the request. */
export interface MailerContext extends MailerApp {
  /** Sends a mail when the response is out: the visitor does not wait, and a failure is logged. Checked at once. @throws as `send` does, but `MICRO_MAILER_REFUSED`. */
  sendLater(mail: Mail): void
}
