/** Seeded: a failure names its seed and the case's number, and becomes a row of a table. */
import { createHash } from 'node:crypto'
import { finished } from 'node:stream/promises'
import { Busboy } from '@fastify/busboy'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BOUNDARY, multipartBody, type PartSpec, random } from './multipart-body.ts'
import { parseForm } from './parse-form.ts'

const SEED = Number(process.env.MICRO_FUZZ_SEED ?? 20_261_125)
const ROUNDS = Number(process.env.MICRO_FUZZ_ROUNDS ?? 150)

/** Enough for a slow machine; more rounds take more. */
const TIME_MS = 20_000 + ROUNDS * 50

const LIMITS = { fieldBytes: 50_000 }

const uncaught: unknown[] = []
const note = (error: unknown): void => {
  uncaught.push(error)
}

beforeAll(() => {
  process.on('uncaughtException', note).on('unhandledRejection', note)
})

afterAll(() => {
  process.off('uncaughtException', note).off('unhandledRejection', note)
})

describe('multipart, with bodies that no client would send', () => {
  test(
    `answers each of ${ROUNDS} with parts or 4xx, within 100 ms`,
    async () => {
      const next = random(SEED)
      const outcomes = new Map<number | undefined, number>()
      for (let round = 0; round < ROUNDS; round++) {
        const { boundary, body } = mutant(next)
        const contentType = `multipart/form-data; boundary="${boundary}"`
        const chunkBytes = body.length > 4000 ? 4096 : pick(next, [1, 7, 64, 65_536])
        const form = await parseForm(contentType, body, LIMITS, chunkBytes)
        const where = `seed ${SEED}, round ${round}: ${JSON.stringify(body.toString('latin1').slice(0, 300))}`
        expect(form.status === undefined || (form.status >= 400 && form.status < 500), where).toBe(true)
        if (chunkBytes >= 64) {
          expect(await quickest(() => parseForm(contentType, body, LIMITS, chunkBytes)), where).toBeLessThan(100)
        }
        outcomes.set(form.status, (outcomes.get(form.status) ?? 0) + 1)
      }
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(uncaught).toEqual([])
      // The bodies are of every kind: some are read, some are malformed, some go over a limit.
      expect([...outcomes.keys()].sort()).toEqual([400, 413, undefined])
    },
    TIME_MS,
  )

  test.each<[what: string, body: string]>([
    ['nothing', ''],
    ['a line break', '\r\n'],
    ['a delimiter cut short', `--${BOUNDARY}\r`],
    ['a delimiter that goes on', `--${BOUNDARY}-x--${BOUNDARY}\r\n`],
    ['LF for line breaks', `--${BOUNDARY}\nContent-Disposition: form-data; name="a"\n\nb\n--${BOUNDARY}--\n`],
    ['a bare CR in a header', `--${BOUNDARY}\r\nContent-Disposition: form-data;\rname="a"\r\n\r\nb\r\n--${BOUNDARY}--`],
    ['a bare LF in a name', `--${BOUNDARY}\r\nContent-Disposition: form-data; name="a\nb"\r\n\r\nb\r\n--${BOUNDARY}--`],
    ['no end', `--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--${BOUNDARY}\r\n`],
    ['no end of a file', `--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\nb`],
    [
      'a part that ends with its header',
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n\r\n--${BOUNDARY}\r\nContent-Disposition: form-data; name="b"\r\n\r\n--${BOUNDARY}--`,
    ],
    [
      'a delimiter in the middle of a header',
      `--${BOUNDARY}\r\nContent-Dis\r\n--${BOUNDARY}position: form-data; name="a"\r\n\r\nb\r\n--${BOUNDARY}--`,
    ],
    [
      'a delimiter between two lines of a header',
      `--${BOUNDARY}\r\nX: y\r\n--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--${BOUNDARY}--`,
    ],
    [
      'a delimiter that goes on, in a form that ends',
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--${BOUNDARY}x\r\n--${BOUNDARY}--`,
    ],
    ['a delimiter with spaces after it', `--${BOUNDARY}  \r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--${BOUNDARY}--`],
    ['a header without an end', `--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"`],
    ['3000 headers', `--${BOUNDARY}\r\n${'X: y\r\n'.repeat(3000)}Content-Disposition: form-data; name="a"\r\n\r\nb\r\n--${BOUNDARY}--`],
  ])('refuses %s', async (_, body) => {
    for (const chunkBytes of [1, 5, 65_536]) {
      const { status } = await parseForm(`multipart/form-data; boundary=${BOUNDARY}`, Buffer.from(body, 'latin1'), {}, chunkBytes)
      expect([400, 413]).toContain(status)
    }
  })

  test.each<[what: string, body: string, fields: (readonly [string, string])[]]>([
    ['a preamble', `hello\r\n--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--${BOUNDARY}--`, [['a', 'b']]],
    [
      'an epilogue',
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--${BOUNDARY}--\r\n--${BOUNDARY}\r\nX: y`,
      [['a', 'b']],
    ],
    [
      'parts after the end, unfinished',
      `--${BOUNDARY}--\r\n--${BOUNDARY}\r\n\r\n--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\nc`,
      [],
    ],
    ['names given twice', `--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"; name="b"\r\n\r\nc\r\n--${BOUNDARY}--`, [['a', 'c']]],
    [
      'a header given twice',
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; name="b"\r\n\r\nc\r\n--${BOUNDARY}--`,
      [['a', 'c']],
    ],
    ['empty parts', `--${BOUNDARY}\r\n--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--${BOUNDARY}--`, [['a', 'b']]],
    ['the end alone, with LF after it', `--${BOUNDARY}--\n`, []],
    ['several empty parts', `${`--${BOUNDARY}\r\n`.repeat(300)}--${BOUNDARY}--`, []],
  ])('reads %s', async (_, body, fields) => {
    for (const chunkBytes of [1, 5, 65_536]) {
      expect(await parseForm(`multipart/form-data; boundary=${BOUNDARY}`, Buffer.from(body, 'latin1'), {}, chunkBytes)).toEqual({
        fields,
        files: [],
      })
    }
  })
})

describe('multipart, beside @fastify/busboy', () => {
  test(
    `reads the same in ${ROUNDS} forms, well-formed and damaged`,
    async () => {
      const next = random(SEED + 1)
      let both = 0
      for (let round = 0; round < ROUNDS; round++) {
        const damaged = round % 2 === 1
        const { boundary, body } = damaged ? mutant(next) : { boundary: BOUNDARY, body: multipartBody(someParts(next)) }
        const contentType = `multipart/form-data; boundary="${boundary}"`
        const ours = await parseForm(contentType, body, {}, pick(next, [16, 1000, 65_536]))
        const theirs = await oracle(contentType, body)
        const where = `seed ${SEED + 1}, round ${round}: ${JSON.stringify(body.toString('latin1').slice(0, 600))}`
        if (!damaged) {
          expect(ours.status, where).toBeUndefined()
          expect(theirs.error, where).toBeUndefined()
        }
        if (ours.status === undefined && theirs.error === undefined) {
          both++
          expect(ours.fields, where).toEqual(theirs.fields)
          expect(
            ours.files.map(({ name, size, sha256 }) => [name, size, sha256]),
            where,
          ).toEqual(theirs.files)
        }
      }
      expect(both).toBeGreaterThan(ROUNDS / 2)
    },
    TIME_MS,
  )
})

/** The least of a few times, in milliseconds: a machine that is busy with something else proves nothing. */
async function quickest(run: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < 5 && least > 50; attempt++) {
    const started = performance.now()
    await run()
    least = Math.min(least, performance.now() - started)
  }
  return least
}

interface Oracle {
  readonly fields: (readonly [string, string])[]
  readonly files: (readonly [name: string, size: number, sha256: string])[]
  error?: unknown
}

/** What the other parser makes of a body, in the terms of this one. */
async function oracle(contentType: string, body: Buffer): Promise<Oracle> {
  const result: Oracle = { fields: [], files: [] }
  try {
    const parser = new Busboy({ headers: { 'content-type': contentType } })
    parser.on('field', (name, value) => {
      result.fields.push([name ?? '', value])
    })
    parser.on('file', (name, stream, filename) => {
      const hash = createHash('sha256')
      let size = 0
      stream.on('data', (chunk: Buffer) => {
        hash.update(chunk)
        size += chunk.length
      })
      stream.on('error', () => {})
      stream.on('end', () => {
        if (size > 0 || filename !== '') {
          result.files.push([name ?? '', size, hash.digest('hex')])
        }
      })
    })
    parser.end(body)
    // It waits forever for the end of some damaged bodies.
    await finished(parser, { signal: AbortSignal.timeout(300) })
  } catch (error) {
    result.error = error
  }
  return result
}

function someParts(next: () => number): PartSpec[] {
  return Array.from({ length: Math.floor(next() * 6) }, (_, index) => {
    const file = next() < 0.5
    const length = pick(next, [0, 1, 50, 3000, file ? 12_000 : 70_000])
    const content = file ? Buffer.from(Array.from({ length }, () => pick(next, NASTY))) : 'v'.repeat(length)
    return {
      name: pick(next, ['a', 'b', `n${index}`, 'x[y]', '__proto__']),
      content,
      ...(file ? { filename: pick(next, ['a.txt', 'b']) } : {}),
    }
  })
}

/** Bytes of which delimiters are made, and some others. */
const NASTY = [0x0d, 0x0a, 0x2d, 0x2d, 0x78, 0x00, 0xff, 0x41]

/** A body in which something is wrong, or at least unusual. */
function mutant(next: () => number): { readonly boundary: string; readonly body: Buffer } {
  const boundary = pick(next, [BOUNDARY, 'b', '-', '--', 'x'.repeat(70), "a'()+_,-./:=?"])
  let body = multipartBody(someParts(next), boundary)
  for (let times = Math.floor(next() * 4); times > 0; times--) {
    const at = Math.floor(next() * body.length)
    const insert = pick(next, [
      '',
      '\r',
      '\n',
      '\r\n',
      '\0',
      '-',
      '--',
      `\r\n--${boundary}`,
      `--${boundary}--`,
      ': ',
      '"',
      'X: y\r\n'.repeat(pick(next, [1, 3000])),
      '\r\n\r\n',
    ])
    const cut = Math.floor(next() * pick(next, [1, 3, 40]))
    body = Buffer.concat([body.subarray(0, at), Buffer.from(insert), body.subarray(at + cut)])
  }
  return { boundary, body: next() < 0.2 ? body.subarray(0, Math.floor(next() * body.length)) : body }
}

function pick<T>(next: () => number, from: readonly T[]): T {
  return from[Math.floor(next() * from.length)] as T
}
