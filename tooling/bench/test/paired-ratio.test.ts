import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { pairedRatio, type Side } from '../src/paired-ratio.ts'
import { requestOf } from '../src/scenario.ts'
import { ServerProcess } from '../src/server-process.ts'
import { SocketLoad } from '../src/socket-load.ts'

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const request = requestOf('/')
const cleanUps: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) {
    await cleanUp()
  }
})

function openLoad(connections: number): SocketLoad {
  const load = new SocketLoad(connections, path('../src/socket-load-process.ts'))
  cleanUps.push(() => load.close())
  return load
}

async function side(name: string): Promise<Side> {
  const server = await ServerProcess.start({ node: process.execPath, program: path(`servers/${name}.ts`), request })
  cleanUps.push(() => server.stop())
  return { server, target: { port: server.port, request, status: 200 } }
}

describe.runIf(process.platform === 'linux')('pairedRatio', () => {
  it('tells a server that works more from one that works less', { timeout: 30_000 }, async () => {
    const options = { warmUpSeconds: 1, rounds: 1, secondsPerRound: 1 }
    const result = await pairedRatio(openLoad(8), await side('light'), await side('heavy'), options)
    expect(result.ratio.median).toBeLessThan(0.5)
    expect(result.contestant.cpuUs.median).toBeGreaterThan(result.baseline.cpuUs.median)
  })
})

describe.runIf(process.platform === 'linux')('ServerProcess', () => {
  it('says what a server wrote that ends at once', async () => {
    await expect(side('broken')).rejects.toThrow('the port is not what this server wants')
  })

  it('is gone after stop', async () => {
    const { server } = await side('light')
    expect(server.cpuTimeNs()).toBeGreaterThan(1e6)
    await server.stop()
    expect(() => server.cpuTimeNs()).toThrow('ENOENT')
  })
})

describe.runIf(process.platform === 'linux')('SocketLoad', () => {
  async function listen(answer: (count: number) => number): Promise<{ server: Server; port: number; seen(): number }> {
    let count = 0
    const server = createServer((_request, response) => {
      count += 1
      response.writeHead(answer(count), { 'content-length': 2 }).end('ok')
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    cleanUps.push(() => new Promise((resolve) => server.close(resolve)))
    return { server, port: (server.address() as AddressInfo).port, seen: () => count }
  }

  it('counts each answer once, sends nothing more after its time, and loads two servers at once', { timeout: 30_000 }, async () => {
    const [one, two] = [await listen(() => 200), await listen(() => 200)]
    const targets = [one, two].map(({ port }) => ({ port, request, status: 200 }))
    const began = performance.now()
    const answers = await openLoad(4).run(targets, 1)
    expect(performance.now() - began).toBeLessThan(5_000)
    expect(answers).toEqual([one.seen(), two.seen()])
    expect(Math.min(...answers)).toBeGreaterThan(10)
  })

  it('refuses a run in which one answer has another status', { timeout: 30_000 }, async () => {
    const { port } = await listen((count) => (count === 20 ? 500 : 200))
    await expect(openLoad(2).run([{ port, request, status: 200 }], 1)).rejects.toThrow(/500 .*200 is expected/)
  })
})
