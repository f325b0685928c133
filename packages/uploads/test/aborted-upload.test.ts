/** Uploads that are cut: nothing of them stays, be it on disk, in the process or in memory. */
import { readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { RunningServer } from '@micro/core/node'
import { describe, expect, test } from 'vitest'
import { files, image, uploads } from '../src/index.ts'
import { CONTENT_TYPE, multipartBody, png } from './multipart-body.ts'
import { cutAfter, postHead } from './raw-client.ts'
import { serving, testApp } from './serving.ts'
import { filesIn } from './temporary-directory.ts'

/** A form of 200 kB: two pictures, and fields around them. */
const BODY = multipartBody([
  { name: 'title', content: 'hello' },
  { name: 'one', filename: 'one.png', content: png(120_000) },
  { name: 'between', content: 'x'.repeat(500) },
  { name: 'two', filename: 'two.png', content: png(79_000) },
  { name: 'last', content: 'bye' },
])

const STEP = 997

interface Watched {
  readonly server: RunningServer
  readonly directory: string
  /** Requests that began and ended. */
  readonly counts: { begun: number; ended: number; handled: number }
}

/** An app with the three ways to read a form, and counters. */
async function watched(): Promise<Watched> {
  const app = (await testApp()).use(uploads())
  const counts = { begun: 0, ended: 0, handled: 0 }
  app.beforeRequest(() => {
    counts.begun++
  })
  app.teardownRequest(() => {
    counts.ended++
  })
  app.post('/files', [files({ one: image(), two: image() })], () => `${++counts.handled}`)
  app.post('/form', async (ctx) => `${[...(await ctx.uploads.form())].length} ${++counts.handled}`)
  app.post('/parts', async (ctx) => {
    for await (const part of ctx.uploads.parts()) {
      if (part.kind === 'file' && part.name === 'one') {
        await part.save()
      } else if (part.kind === 'file') {
        for await (const chunk of part) {
          await sleep(chunk.length > 0 ? 1 : 0)
        }
      }
    }
    return `${++counts.handled}`
  })
  return { server: await serving(app), directory: app.instancePath, counts }
}

/** Cuts uploads at the given places, some at a time, and waits until the server is done with all of them. */
async function cut({ server, counts }: Watched, path: string, places: readonly number[]): Promise<void> {
  const head = postHead(path, { 'content-type': CONTENT_TYPE, 'content-length': BODY.length })
  const queue = places.map((at, index) => [at, index % 2 === 0] as const)
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await cutAfter(server.port, head, BODY.subarray(0, next[0]), next[1])
    }
  }
  await Promise.all(Array.from({ length: 8 }, work))
  await until(() => counts.begun === counts.ended)
}

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds() && waited < 5000; waited += 10) {
    await sleep(10)
  }
}

/** Descriptors of this process that are open on files below a directory. */
function openIn(directory: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`)
      return target.startsWith(directory) ? [target] : []
    } catch {
      return []
    }
  })
}

function resources(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((kind) => kind !== 'Timeout' && kind !== 'Immediate')
    .sort()
}

const PLACES = Array.from({ length: Math.ceil(BODY.length / STEP) }, (_, index) => index * STEP)

describe('an upload that is cut', () => {
  test.each(['/files', '/form', '/parts'])(
    `at every ${STEP}th byte of ${BODY.length}, read by %s, leaves no file and no handle`,
    async (path) => {
      const app = await watched()
      await until(() => !resources().some((kind) => kind !== 'MessagePort' && kind !== 'TCPServerWrap'))
      const before = resources()
      await cut(app, path, PLACES)
      expect(app.counts.begun).toBeGreaterThan(PLACES.length * 0.9)
      expect(app.counts.ended).toBe(app.counts.begun)
      expect(app.counts.handled).toBe(0)
      await until(() => resources().length === before.length)
      expect(resources()).toEqual(before)
      expect(await filesIn(app.directory)).toEqual([])
      expect(openIn(app.directory)).toEqual([])
      // It has not become deaf either.
      const reply = await fetch(`${app.server.url}${path}`, {
        method: 'POST',
        body: new Uint8Array(BODY),
        headers: { 'content-type': CONTENT_TYPE },
      })
      expect(await reply.text()).toMatch(/1$/)
      await until(() => app.counts.begun === app.counts.ended)
      expect(await filesIn(app.directory)).toEqual([])
    },
    30_000,
  )

  test('500 times leaves the heap as it was', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const app = await watched()
    const places = (count: number): number[] => Array.from({ length: count }, (_, index) => (index * 7919) % BODY.length)
    const heap = async (): Promise<number> => {
      collect()
      await sleep(20)
      collect()
      return process.memoryUsage().heapUsed
    }
    await cut(app, '/form', places(150))
    const before = await heap()
    await cut(app, '/form', places(500))
    const grown = (await heap()) - before
    expect(app.counts.ended).toBe(app.counts.begun)
    expect(grown).toBeLessThan(1_500_000)
    expect(await filesIn(app.directory)).toEqual([])
  }, 30_000)
})
