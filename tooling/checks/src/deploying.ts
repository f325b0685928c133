/**
 * examples/deploying as its own files put it up: processes behind nginx from Debian, with PostgreSQL and Redis, first as containers would
 * be, each on a port, then as workers behind one socket. Under load, processes end and are replaced, and no request may be lost.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempDisposable } from 'node:fs/promises'
import { get, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { type LoadReport, underLoad } from './bounded-load.ts'
import { run } from './command.ts'
import { freePort } from './free-port.ts'
import { form, open, visit } from './https-visit.ts'
import { type Nginx, startNginx, type Upstream } from './nginx.ts'
import { plainEnvironment } from './plain-environment.ts'
import { ServerProcess } from './server-process.ts'
import { must, mustEqual, Stage } from './stage.ts'
import { ROOT } from './workspace.ts'

const APP = join(ROOT, 'examples/deploying')
const SOURCE = '--conditions=@micro/source'
const POSTGRES = process.env.MICRO_TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'
const REDIS = process.env.MICRO_TEST_REDIS_URL ?? 'redis://127.0.0.1:6379'
/** Time for what happens under load: a busy machine starts a process in seconds. */
const UNTIL_MS = 20_000
const FORGED = {
  'x-forwarded-for': '6.6.6.6',
  'x-forwarded-proto': 'gopher',
  'x-forwarded-prefix': '/evil',
  'x-forwarded-host': 'evil.example',
}

const stage = new Stage()
const unique = `micro_deploying_${randomBytes(6).toString('hex')}`
await using place = await mkdtempDisposable(join(tmpdir(), 'micro-deploying-'))
const env = plainEnvironment(undefined, {
  MICRO_SECRET_KEY: randomBytes(32).toString('base64url'),
  MICRO_DB__URL: Object.assign(new URL(POSTGRES), { pathname: `/${unique}` }).href,
  MICRO_REDIS__URL: REDIS,
  MICRO_REDIS__PREFIX: `${unique}:`,
  // What is left in Redis is gone in a minute.
  MICRO_SESSION__MAX_AGE: '60',
  MICRO_SERVER__TRUSTED_PROXIES: '1',
  MICRO_SERVER__FORWARDED_HEADERS: 'for,proto,prefix',
  MICRO_HEALTH__PATH: '/health',
  // Every process reads the same sources: what one has compiled the next one need not.
  NODE_COMPILE_CACHE: join(place.path, 'compiled'),
})

const running: ServerProcess[] = []

await admin(`create database ${unique}`)
try {
  await stage.check('the tables are made by micro db migrate', () =>
    run(process.execPath, [SOURCE, join(ROOT, 'packages/core/src/bin.ts'), 'db', 'migrate'], {
      cwd: APP,
      env: { ...env, MICRO_MODE: 'production' },
    }).then(() => undefined),
  )
  await asContainers()
  await asWorkers()
} finally {
  await endAll()
  await admin(`drop database ${unique} with (force)`)
}
stage.end()

/** Two processes, each on a port of its own. */
async function asContainers(): Promise<void> {
  const ports = [await freePort(), await freePort()]
  const servers = ports.map((port) => `127.0.0.1:${port};`)
  const upstream = { file: 'upstream-containers.conf', named: 'app:3000;', servers }
  await behind(
    'two processes start behind nginx',
    upstream,
    () => ports.map((port) => startApp({ MICRO_SERVER__PORT: String(port) })),
    async (nginx, apps) => {
      await stage.check('HTTP is sent to HTTPS', () => checkRedirect(nginx))
      await stage.check('client address and scheme are right, and what a client forges does not count', () => checkSeen(nginx))
      await stage.check('below a prefix links begin with it', () => checkPrefix(nginx))
      await stage.check('two processes share a session', () => checkSession(nginx, apps))
      await stage.check('an upload over the limit is 413 before the app is asked', () => checkUpload(nginx))
      await stage.check('sign-ins of one address are 429 after the burst, below the prefix too', () => checkSignIns(nginx))
      await stage.check('text is compressed, for who takes it so, and events are not', () => checkCompression(nginx))
      await stage.check('health is for those who watch, not for the world', () => checkHealth(nginx, apps))
      await stage.check('an event arrives when it is sent', () => checkEvents(nginx))
      await stage.check('one of two processes ends under load', () =>
        lossless(nginx, async (processes) => {
          await until('both have answered', () => processes.size === 2)
          mustEqual(await apps[0]?.stop('first'), 0, 'exit code of the process')
          await pause(500)
        }),
      )
    },
  )
}

/** Workers of one program, behind one unix socket. */
async function asWorkers(): Promise<void> {
  const socket = join(place.path, 'app.sock')
  const upstream = { file: 'upstream-socket.conf', named: '/run/guestbook/app.sock', servers: [socket] }
  const start = () => [startApp({ SOCKET: socket, MICRO_SERVER__WORKERS: '2' }, /Serving on (unix:\S+)/)]
  await behind('two workers start behind a unix socket and nginx', upstream, start, async (nginx, [app]) => {
    must(app !== undefined, 'there is no app')
    await stage.check('through the socket too address and scheme are right', () => checkSeen(nginx))
    await stage.check('SIGHUP replaces every worker under load', () =>
      lossless(nginx, async (processes) => {
        await until('two workers have answered', () => processes.size === 2)
        app.signal('SIGHUP')
        await until('two others have answered', () => processes.size === 4)
      }),
    )
    await stage.check('SIGTERM to one worker under load: another takes its place', () =>
      lossless(nginx, async (processes) => {
        await until('two workers have answered', () => processes.size === 2)
        const [one] = processes
        must(one !== undefined && app.processes.includes(one), `${one} is no process of the app`)
        process.kill(one, 'SIGTERM')
        await until('another has answered', () => processes.size === 3)
      }),
    )
    await stage.check('SIGTERM to the first process ends all of them', async () => mustEqual(await app.stop('first'), 0, 'its exit code'))
  })
}

/** Starts the app's processes and nginx in front of them, uses them, and ends them all. */
async function behind(
  name: string,
  upstream: Upstream,
  start: () => readonly Promise<ServerProcess>[],
  use: (nginx: Nginx, apps: readonly ServerProcess[]) => Promise<void>,
): Promise<void> {
  const apps: ServerProcess[] = []
  let nginx: Nginx | undefined
  await stage.check(name, async () => {
    const outcomes = await Promise.allSettled(start())
    // What has started is ended later, though another has not.
    apps.push(...outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])))
    running.push(...apps)
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    must(failed === undefined, String(failed?.reason))
    nginx = await startNginx(join(place.path, upstream.file), upstream)
    running.push(nginx.server)
  })
  if (nginx !== undefined) {
    await use(nginx, apps)
  }
  await endAll()
}

async function endAll(): Promise<void> {
  await Promise.allSettled(running.splice(0).map((server) => server.stop()))
}

function startApp(more: { readonly [name: string]: string }, ready?: RegExp): Promise<ServerProcess> {
  const options = { cwd: APP, env: { ...env, ...more }, timeoutMs: 20_000 }
  return ServerProcess.start(process.execPath, [SOURCE, 'serve.ts'], ready === undefined ? options : { ...options, ready })
}

async function checkRedirect({ httpPort }: Nginx): Promise<void> {
  const { status, headers } = await new Promise<{ status: number | undefined; headers: IncomingHttpHeaders }>((resolve, reject) =>
    get({ host: '127.0.0.1', port: httpPort, path: '/seen?a=1', headers: { host: 'guestbook.example' } }, (response) => {
      response.resume()
      resolve({ status: response.statusCode, headers: response.headers })
    }).once('error', reject),
  )
  mustEqual([status, headers.location], [301, 'https://guestbook.example/seen?a=1'], 'the redirect')
}

async function checkSeen({ httpsPort }: Nginx): Promise<void> {
  for (const headers of [{}, FORGED]) {
    const { process: _, ...seen } = JSON.parse((await visit(httpsPort, '/seen?a=1', { headers })).text)
    mustEqual(seen, { address: '127.0.0.1', url: 'https://guestbook.example/seen?a=1', entries: '/' }, 'what the app sees')
  }
}

async function checkPrefix({ httpsPort }: Nginx): Promise<void> {
  const { url, entries } = JSON.parse((await visit(httpsPort, '/guestbook/seen', { headers: FORGED })).text)
  mustEqual([url, entries], ['https://guestbook.example/guestbook/seen', '/guestbook/'], 'what the app sees')
  const { status, headers } = await visit(httpsPort, '/guestbook/', form({ name: 'Ann', text: 'Hello' }))
  mustEqual([status, headers.location], [303, '/guestbook/'], 'where a form leads')
}

async function checkSession({ httpsPort }: Nginx, started: readonly ServerProcess[]): Promise<void> {
  const signed = await visit(httpsPort, '/', form({ name: 'Ann <b>', text: 'I was here' }))
  const [line = ''] = signed.headers['set-cookie'] ?? []
  must(signed.status === 303 && /; Secure/.test(line), `signing answered ${signed.status}, with the cookie ${line}`)
  const [cookie = ''] = line.split(';')
  for (const { url } of started) {
    const text = await (await fetch(url, { headers: { cookie } })).text()
    must(text.includes('Welcome back, Ann &lt;b&gt;') && text.includes('I was here'), `${url} does not know the session:\n${text}`)
    must((await (await fetch(url)).text()).includes('<h1>Welcome</h1>'), `${url} greets somebody without a session`)
  }
}

async function checkUpload({ httpsPort }: Nginx): Promise<void> {
  const { status, text } = await visit(httpsPort, '/', {
    method: 'POST',
    headers: { 'content-length': String(7 * 1024 * 1024), expect: '100-continue' },
  })
  must(status === 413 && text.includes('nginx'), `it was answered ${status}: ${text.slice(0, 200)}`)
}

/** What is not 429 was asked of the app, which has no such page. */
async function checkSignIns({ httpsPort }: Nginx): Promise<void> {
  const statuses: number[] = []
  for (const path of ['/login', '/login', '/guestbook/login', '/%6Cogin', '/login', '/login', '/login', '/guestbook/login', '/login?a=1']) {
    statuses.push((await visit(httpsPort, path, form({ name: 'Ann', password: 'guess' }))).status)
  }
  mustEqual(statuses, [404, 404, 404, 404, 404, 404, 429, 429, 429], 'the answers')
  const others = await Promise.all([visit(httpsPort, '/login'), visit(httpsPort, '/', form({ name: 'Ann', text: 'I may' }))])
  mustEqual(
    others.map(({ status }) => status),
    [404, 303],
    'the page itself, and another form',
  )
}

async function checkCompression({ httpsPort }: Nginx): Promise<void> {
  const takes = { headers: { 'accept-encoding': 'gzip' } }
  const [page, json, plain] = [await visit(httpsPort, '/', takes), await visit(httpsPort, '/seen', takes), await visit(httpsPort, '/')]
  mustEqual(
    [page, json, plain].map(({ headers }) => [headers['content-encoding'], /accept-encoding/i.test(headers.vary ?? '')]),
    [
      ['gzip', true],
      ['gzip', true],
      [undefined, true],
    ],
    'coding and Vary of a page, of JSON, and of a page for who takes none',
  )
  const events = await open(httpsPort, '/clock', takes)
  events.destroy()
  mustEqual(events.headers['content-encoding'], undefined, 'the coding of events')
}

async function checkHealth({ httpsPort }: Nginx, started: readonly ServerProcess[]): Promise<void> {
  const outside = await Promise.all(['/health', '/health/ready', '/guestbook/health'].map((path) => visit(httpsPort, path)))
  const inside = await Promise.all(started.map(({ url }) => fetch(`${url}/health/ready`)))
  mustEqual(
    [outside.map(({ status }) => status), inside.map(({ status }) => status)],
    [
      [404, 404, 404],
      [200, 200],
    ],
    'the answers',
  )
}

/** The stream has no end: nothing of it would come if it were collected first. */
async function checkEvents({ httpsPort }: Nginx): Promise<string> {
  const began = performance.now()
  const response = await open(httpsPort, '/clock')
  for await (const bytes of response) {
    must(String(bytes).includes('data: '), `what came first is no event: ${bytes}`)
    break
  }
  return `the first after ${Math.round(performance.now() - began)} ms`
}

/** Holds that under load each request is answered, and that each entry which was answered as signed is kept, once. */
async function lossless({ httpsPort }: Nginx, meanwhile: (processes: ReadonlySet<number>) => Promise<unknown>): Promise<string> {
  const before = await countEntries()
  const report: LoadReport = await underLoad(httpsPort, meanwhile)
  mustEqual(report.lost.slice(0, 5), [], `${report.lost.length} of ${report.requests} requests`)
  mustEqual((await countEntries()) - before, report.signed, 'entries kept, and entries answered as signed')
  return `${report.requests} requests, ${report.lost.length} lost, ${report.signed} of them forms, by ${report.processes.size} processes, the slowest ${Math.round(report.slowestMs)} ms`
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const limit = performance.now() + UNTIL_MS
  while (!holds()) {
    must(performance.now() < limit, `not within ${UNTIL_MS / 1000} s: ${what}`)
    await pause(20)
  }
}

async function countEntries(): Promise<number> {
  const [row] = await query<{ count: string }>(env.MICRO_DB__URL ?? '', 'select count(*) from entry')
  return Number(row?.count)
}

async function admin(statement: string): Promise<void> {
  await query(POSTGRES, statement)
}

async function query<T extends object>(connectionString: string, statement: string): Promise<readonly T[]> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    return (await client.query<T>(statement)).rows
  } finally {
    await client.end()
  }
}
