/** A real SMTP server on the loopback interface, which keeps what it is sent. */
import { once } from 'node:events'
import { SMTPServer } from 'smtp-server'

/** It takes no mail for addresses that begin with `full`. */
export interface MailServer {
  readonly url: string
  readonly mails: readonly { readonly from: string; readonly to: readonly string[]; readonly text: string }[]
  close(): Promise<void>
}

/** Starts one on a free port. */
export async function startMailServer(): Promise<MailServer> {
  const mails: { from: string; to: readonly string[]; text: string }[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, callback) =>
      callback(address.startsWith('full') ? Object.assign(new Error('Mailbox full'), { responseCode: 452 }) : null),
    onData(stream, { envelope }, callback) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
        mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), text: Buffer.concat(chunks).toString() })
        callback()
      })
    },
  })
  const listener = server.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `smtp://127.0.0.1:${port}`, mails, close: () => new Promise((resolve) => server.close(() => resolve())) }
}
