/** Workers, as processes of their own. Requests go to loopback, and every process ends with its test. */
import { readFileSync, writeFileSync } from 'node:fs'
import { Agent, get as httpGet } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { runCli } from '../src/cli.ts'
import { type Child, runMicro, runScript } from './child.ts'
import { project } from './project.ts'

const APP = `
import { micro } from '@micro/core'
import { serve } from '@micro/core/node'

const app = micro(import.meta, { mode: 'production', env: { MICRO_SECRET_KEY: 'x'.repeat(40), MICRO_LOG__LEVEL: 'info' } })
app.onStart(() => console.log('opened by', process.pid))
app.onStop(() => console.log('closed by', process.pid))
app.get('/pid', (ctx) => ctx.text(String(process.pid)))
app.get('/slow', async () => {
  await new Promise((resolve) => setTimeout(resolve, 30))
  return 'slow'
})
app.get('/die', () => process.kill(process.pid, 'SIGKILL') && '')
export default app
if (process.argv[1].endsWith('serve.js')) {
  const server = await serve(app, { port: 0, workers: 2 })
  if (server.server === null) {
    console.log('watching', process.pid, server.url)
    await server.ended
    console.log('all have ended')
  }
}
`

const serving = (nodeArgs: readonly string[] = []): Child => runScript(`${project({ 'serve.js': APP })}/serve.js`, { nodeArgs })

/** Connections that have carried a request: `reusedSocket` is not set for a request that waited for one to be free. */
const used = new WeakSet<Socket>()

/** One request over a connection of its own, or of an agent's. */
const ask = (url: string, agent: Agent | false = false): Promise<string> =>
  new Promise((resolve, reject) => {
    let isKept = false
    const sent = httpGet(url, { agent }, (response) => {
      response.toArray().then((chunks) => resolve(`${response.statusCode} ${Buffer.concat(chunks as Buffer[])}`), reject)
    })
    sent.once('socket', (socket) => {
      isKept = used.has(socket)
      used.add(socket)
    })
    // A kept connection that the server closed just now carried nothing: HTTP lets the client ask again (RFC 9112 section 9.3.1).
    sent.once('error', (error: NodeJS.ErrnoException) => {
      isKept && error.code === 'ECONNRESET' ? ask(url, agent).then(resolve, reject) : reject(error)
    })
  })

/** The processes that answer: asked until two have, for connections are not dealt out evenly. */
const pidsOf = async (url: string): Promise<Set<number>> => {
  const pids = new Set<number>()
  for (let round = 0; pids.size < 2 && round < 40; round++) {
    for (const reply of await Promise.all(Array.from({ length: 4 }, () => ask(`${url}/pid`)))) {
      pids.add(Number(reply.slice(4)))
    }
  }
  return pids
}

const without = (pids: ReadonlySet<number>, others: ReadonlySet<number>): Set<number> =>
  new Set([...pids].filter((pid) => !others.has(pid)))

const opened = async (child: Child) => {
  const [, pid = '', url = ''] = await child.line(/watching (\d+) (\S+)/)
  return { pid: Number(pid), url }
}

describe('serve with workers', { timeout: 60_000 }, () => {
  test('hands the requests to as many processes; the one that watches opens nothing', async () => {
    const child = serving()
    const { pid, url } = await opened(child)
    const pids = await pidsOf(url)
    expect(pids.size).toBe(2)
    expect(pids).not.toContain(pid)
    const openers = [...child.output.stdout.matchAll(/opened by (\d+)/g)].map(([, opener]) => Number(opener))
    expect(new Set(openers)).toEqual(pids)
    child.process.kill('SIGTERM')
    const { code } = await child.ended()
    expect(code).toBe(0)
    expect(child.output.stdout.match(/closed by/g)).toHaveLength(2)
    expect(child.output.stdout).toContain('all have ended')
  })

  test('a worker that dies is replaced', async () => {
    const child = serving()
    const { url } = await opened(child)
    const before = await pidsOf(url)
    await sleep(1_100) // It is no early death.
    await expect(ask(`${url}/die`)).rejects.toThrow('socket hang up')
    // Until its end is known it may be handed a connection, which nobody answers then.
    await child.complaint(/Worker \d+ has ended \(SIGKILL\); another takes its place/)
    await expect.poll(async () => without(await pidsOf(url), before).size, { timeout: 10_000 }).toBe(1)
    child.process.kill('SIGTERM')
    expect((await child.ended()).code).toBe(0)
  })

  test('SIGHUP replaces all of them, and SIGTERM to one ends it, without a lost request', async () => {
    const child = serving()
    const { url } = await opened(child)
    const before = await pidsOf(url)
    const outcomes = new Map<string, number>()
    let isOver = false
    const asking = Array.from({ length: 8 }, async (_, at) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      for (let count = 0; !isOver && count < 2_000; count++) {
        const outcome = await ask(`${url}/slow`, at % 2 === 0 ? agent : false).catch((error: NodeJS.ErrnoException) => `${error.code}`)
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      }
      agent.destroy()
    })
    await sleep(100)
    child.process.kill('SIGHUP')
    await child.line(/Every worker has been replaced/)
    const after = await pidsOf(url)
    expect(without(after, before).size).toBe(2)
    const [one = 0] = after
    expect(one).toBeGreaterThan(1)
    process.kill(one, 'SIGTERM')
    await expect.poll(async () => without(await pidsOf(url), after).size, { timeout: 10_000 }).toBe(1)
    isOver = true
    await Promise.all(asking)
    expect([...outcomes.keys()]).toEqual(['200 slow'])
    // Nothing of this is an error.
    expect(child.output.stderr).not.toContain('has ended')
    expect(outcomes.get('200 slow')).toBeGreaterThan(50)
    child.process.kill('SIGTERM')
    expect((await child.ended()).code).toBe(0)
  })

  test('a new version that does not start leaves the old one in service, and watched over', async () => {
    const root = project({ 'serve.js': APP })
    const child = runScript(`${root}/serve.js`)
    const { url } = await opened(child)
    const before = await pidsOf(url)
    writeFileSync(`${root}/serve.js`, 'throw new Error("a slip in the new version")')
    child.process.kill('SIGHUP')
    await child.complaint(/The workers were not replaced/)
    expect(await pidsOf(url)).toEqual(before)
    writeFileSync(`${root}/serve.js`, APP)
    for (const [at, pid] of [...before].entries()) {
      process.kill(pid, 'SIGKILL')
      await child.complaint(new RegExp(`Worker ${pid} has ended`))
      await expect.poll(async () => without(await pidsOf(url), before).size, { timeout: 10_000 }).toBe(at + 1)
    }
    child.process.kill('SIGTERM')
    expect((await child.ended()).code).toBe(0)
  })

  test('workers that die at their start are tried a few times, and the error says so', async () => {
    const root = project({
      'serve.js': `
        import { micro } from '@micro/core'
        import { serve } from '@micro/core/node'
        const app = micro(import.meta, { env: {}, mode: 'test' })
        app.onStart(() => { throw new Error('no database') })
        await serve(app, { port: 0, workers: 1 + 1 })
      `,
    })
    const child = runScript(`${root}/serve.js`)
    const { code } = await child.ended()
    expect(code).toBe(1)
    expect(child.output.stderr).toMatch(/MICRO_WORKERS_DIE|The workers die one after the other/)
    expect(child.output.stderr).toContain('no database')
  })
})

describe('micro run with workers that cannot start', { timeout: 60_000 }, () => {
  test('says why, and ends', async () => {
    const child = runMicro(['run', '--port', '0', '--workers', '2'], project({ 'app.js': APP.replace(/env: \{.*?\} \}/, '}') }), {
      env: {},
    })
    expect((await child.ended()).code).toBe(1)
    expect(child.output.stderr).toContain('MICRO_SECRET_MISSING')
    expect(child.output.stderr).toContain('MICRO_WORKERS_DIE')
  })
})

describe('micro run --workers', () => {
  test.each<[args: string[], complaint: string]>([
    [['--workers', '0'], '--workers 0: give a number from 1 on, or auto.'],
    [['--workers', 'many'], '--workers many: give a number from 1 on, or auto.'],
    [['--workers', '2', '--reload'], '--workers and --reload: leave one out.'],
  ])('%j is no command line', async (args, complaint) => {
    const lines: string[] = []
    const output = { print: () => {}, complain: (line: string) => void lines.push(line) }
    expect(await runCli(['run', ...args], { output })).toBe(2)
    expect(lines.join()).toContain(complaint)
  })
})

describe('micro run with config.server.workers', { timeout: 60_000 }, () => {
  test('serves by workers, and ends on SIGTERM', async () => {
    const child = runMicro(['run', '--port', '0', '--workers', '2'], project({ 'app.js': APP.replace(/env: \{.*?\} \}/, '}') }), {
      env: { MICRO_SERVER__WORKERS: '2', MICRO_SECRET_KEY: 'x'.repeat(40) },
    })
    const [, url = ''] = await child.line(/Serving on (http\S+)/)
    expect((await pidsOf(url)).size).toBe(2)
    child.process.kill('SIGTERM')
    expect((await child.ended()).code).toBe(0)
  })

  test('a new version that cannot be loaded is given up, and the next one is tried', async () => {
    const root = project({ 'app.js': APP.replace(/env: \{.*?\} \}/, '}') })
    const env = { MICRO_SECRET_KEY: 'x'.repeat(40), MICRO_LOG__LEVEL: 'info' }
    const child = runMicro(['run', '--port', '0', '--workers', '2', '--mode', 'production'], root, { env })
    const [, url = ''] = await child.line(/Serving on (http\S+)/)
    const before = await pidsOf(url)
    const good = readFileSync(`${root}/app.js`, 'utf8')
    writeFileSync(`${root}/app.js`, `${good}\nconst = `)
    child.process.kill('SIGHUP')
    await child.complaint(/The workers were not replaced/)
    expect(await pidsOf(url)).toEqual(before)
    writeFileSync(`${root}/app.js`, good)
    child.process.kill('SIGHUP')
    await expect.poll(async () => without(await pidsOf(url), before).size, { timeout: 10_000 }).toBe(2)
    child.process.kill('SIGTERM')
    expect((await child.ended()).code).toBe(0)
  })
})
