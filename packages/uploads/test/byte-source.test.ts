import { PassThrough, Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { isHttpError } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { ByteSource } from '../src/byte-source.ts'

const LIMITS = { totalBytes: 1000, idleTimeoutMs: 1000 }

const status = (expected: number) =>
  expect.toSatisfy((error: unknown) => isHttpError(error) && error.status === expected && error.headers.Connection === 'close')

/** Two kinds of body: Node's own stream, and any other iterable. */
const BODIES: [name: string, make: (...chunks: (string | Error)[]) => AsyncIterable<Uint8Array>][] = [
  [
    'a stream',
    (...chunks) =>
      Readable.from(
        (async function* () {
          for (const chunk of chunks) {
            if (chunk instanceof Error) {
              throw chunk
            }
            yield Buffer.from(chunk)
          }
        })(),
        { objectMode: false },
      ),
  ],
  [
    'an iterable',
    async function* (...chunks) {
      for (const chunk of chunks) {
        if (chunk instanceof Error) {
          throw chunk
        }
        yield Buffer.from(chunk)
      }
    },
  ],
]

describe.each(BODIES)('ByteSource of %s', (_, body) => {
  test('gives what comes, and undefined at the end', async () => {
    const source = new ByteSource(body('one', 'two'), LIMITS)
    let all = ''
    for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next()) {
      all += Buffer.from(chunk).toString()
    }
    expect(all).toBe('onetwo')
  })

  test('gives nothing of an empty body', async () => {
    expect(await new ByteSource(body(), LIMITS).next()).toBeUndefined()
  })

  test('fails where the body does, with 400', async () => {
    const source = new ByteSource(body('one', new Error('reset')), LIMITS)
    const read = async (): Promise<void> => {
      while ((await source.next()) !== undefined) {}
    }
    await expect(read()).rejects.toEqual(status(400))
  })

  test('fails over the limit, with 413', async () => {
    expect(await new ByteSource(body('x'.repeat(1000)), LIMITS).next()).toHaveLength(1000)
    await expect(new ByteSource(body('x'.repeat(1001)), LIMITS).next()).rejects.toEqual(status(413))
  })

  test('fails for who reads on after it was stopped', async () => {
    const source = new ByteSource(body('one'), LIMITS)
    source.stop()
    await expect(source.next()).rejects.toEqual(status(400))
  })
})

describe('ByteSource of a stream', () => {
  test('fails after a silence, with 408, and leaves the stream alive', async () => {
    const stream = new PassThrough()
    const source = new ByteSource(stream, { ...LIMITS, idleTimeoutMs: 30 })
    stream.write('a')
    expect(await source.next()).toHaveLength(1)
    await sleep(60)
    stream.write('b')
    expect(await source.next()).toHaveLength(1)
    await expect(source.next()).rejects.toEqual(status(408))
    expect(stream.destroyed).toBe(false)
  })

  test('fails where the stream is closed before its end', async () => {
    const stream = new PassThrough()
    const waiting = new ByteSource(stream, LIMITS).next()
    stream.destroy()
    await expect(waiting).rejects.toEqual(status(400))
    await expect(new ByteSource(stream, LIMITS).next()).rejects.toEqual(status(400))
  })

  test('fails for who is waiting when it is stopped', async () => {
    const source = new ByteSource(new PassThrough(), LIMITS)
    const waiting = source.next()
    source.stop()
    await expect(waiting).rejects.toEqual(status(400))
  })

  test('lets go of the stream when it is stopped: others can drain it, and its errors end nothing', async () => {
    const stream = new PassThrough()
    const source = new ByteSource(stream, LIMITS)
    stream.write('a')
    await source.next()
    source.stop()
    expect(stream.listenerCount('readable')).toBe(0)
    let drained = ''
    stream.on('data', (chunk) => {
      drained += chunk
    })
    stream.write('b')
    await sleep(5)
    expect(drained).toBe('b')
    stream.destroy(new Error('reset'))
    await sleep(5)
  })

  test('takes in one what came in many small pieces', async () => {
    const stream = new PassThrough()
    const source = new ByteSource(stream, LIMITS)
    for (let index = 0; index < 100; index++) {
      stream.write('x')
    }
    expect(await source.next()).toHaveLength(100)
  })
})
