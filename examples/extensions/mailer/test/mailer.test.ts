import { testExtension } from '@micro/compat'
import { isMicroError, type LogLine, micro } from '@micro/core'
import { afterAll, describe, expect, test } from 'vitest'
import { type Mail, mailer } from '../src/index.ts'
import { startMailServer } from './mail-server.ts'
import { subjectFor } from './subject.ts'

const server = await startMailServer()
afterAll(() => server.close())

const lines: LogLine[] = []
const make = (options: object = {}) =>
  micro(import.meta, { mode: 'test', env: {}, logSink: (line) => lines.push(line) }).use(
    mailer({ url: server.url, from: 'app@example.com', ...options }),
  )

const sent = (to: string) => server.mails.filter((mail) => mail.to.includes(to))

describe('mailer', () => {
  describe('keeps the protocol', () => testExtension(subjectFor(server.url)))

  test('sends a mail that a real server takes', async () => {
    const app = make()
    await app.start()
    const id = await app.mailer.send({
      to: ['grace@example.com', 'joan@example.com'],
      subject: 'Grüße',
      text: 'Hello, Grace!',
      html: '<p>Hello, Grace!</p>',
    })
    await app.stop()
    const [mail] = sent('grace@example.com')
    expect(mail).toMatchObject({ from: 'app@example.com', to: ['grace@example.com', 'joan@example.com'] })
    expect(mail?.text).toContain(`Message-ID: ${id}`)
    expect(mail?.text).toContain('Subject: =?UTF-8?')
    expect(mail?.text).toMatch(/multipart\/alternative[\s\S]*Hello, Grace![\s\S]*<p>Hello, Grace!<\/p>/)
  })

  test('sends later when the response is out, and logs what failed', async () => {
    lines.length = 0
    const app = make()
    app.get('/:who', (ctx) => {
      ctx.mailer.sendLater({ to: `${ctx.params.who}@example.com`, subject: 'Later', text: 'x' })
      return `${sent(`${ctx.params.who}@example.com`).length} mails`
    })
    const client = app.client()
    expect(await (await client.get('/later')).text()).toBe('0 mails')
    expect((await client.get('/full')).status).toBe(200)
    await expect.poll(() => sent('later@example.com').length).toBe(1)
    await expect.poll(() => lines.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual(['A mail was not sent'])
    await app.stop()
  })

  const wrong: readonly (readonly [code: string, mail: Partial<Mail>])[] = [
    ['MICRO_MAILER_ADDRESS', { to: 'nobody' }],
    ['MICRO_MAILER_ADDRESS', { to: [] }],
    ['MICRO_MAILER_ADDRESS', { to: 'ada@example.com\r\nBcc: all@example.com' }],
    ['MICRO_MAILER_ADDRESS', { to: ['ada@example.com', 'Eve <eve@example.com>'] }],
    ['MICRO_MAILER_TEXT', { subject: 'Hello\r\nBcc: all@example.com' }],
    ['MICRO_MAILER_TEXT', { text: undefined as never }],
    ['MICRO_MAILER_REFUSED', { to: 'full@example.com' }],
  ]
  test.each(wrong)('%s: %j', async (code, parts) => {
    const before = server.mails.length
    const app = make()
    const error: unknown = await app.mailer
      .send({ to: 'ada@example.com', subject: 'Hello', text: 'x', ...parts })
      .catch((reason: unknown) => reason)
    expect(isMicroError(error) && error.code).toBe(code)
    expect(server.mails.length).toBe(before)
    await app.stop()
  })

  test('a sender is needed, and the password of the server is told to nobody', async () => {
    const app = make({ url: 'smtp://user:hunter2@127.0.0.1:9', from: undefined, timeoutMs: 500 })
    await expect(app.mailer.send({ to: 'a@example.com', subject: 'x', text: 'x' })).rejects.toMatchObject({ code: 'MICRO_MAILER_SENDER' })
    const error: unknown = await app.mailer
      .send({ to: 'a@example.com', subject: 'x', text: 'x', from: 'b@example.com' })
      .catch((reason: unknown) => reason)
    expect(String(error)).toContain('127.0.0.1:9')
    expect(String(error)).not.toContain('hunter2')
    await app.stop()
  })
})
