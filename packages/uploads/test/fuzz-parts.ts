import { createHash } from 'node:crypto'
import { finished } from 'node:stream/promises'
import { Busboy } from '@fastify/busboy'
import { BOUNDARY, multipartBody, type PartSpec, random } from './multipart-body.ts'
import { parseForm } from './parse-form.ts'
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
      stream.on('end', () => {
        if (size > 0 || filename !== '') {
          result.files.push([name ?? '', size, hash.digest('hex')])
        }
      })
    })
    parser.end(body)
    await finished(parser)
  } catch (error) {
    result.error = error
  }
  return result
}

function someParts(next: () => number): PartSpec[] {
  return Array.from({ length: Math.floor(next() * 6) }, (_, index) => {
    const file = next() < 0.5
    const length = pick(next, [0, 1, 50, 3000, 70_000])
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

export async function run() {
  const next = random(3)
  for (let round = 0; round < 3000; round++) {
      const damaged = round % 2 === 1
      const { boundary, body } = damaged ? mutant(next) : { boundary: BOUNDARY, body: multipartBody(someParts(next)) }
      const contentType = `multipart/form-data; boundary="${boundary}"`
      const t = (n: string) => new Promise((r) => setTimeout(() => r(n), 3000))
      const size = pick(next, [16, 1000, 65_536])
      const a = await Promise.race([parseForm(contentType, body, {}, size), t('ours')])
      if (a === 'ours') console.log('OURS', round, size, JSON.stringify(body.toString('latin1')).slice(0, 1500))
      const b = await Promise.race([oracle(contentType, body), t('theirs')])
      if (b === 'theirs') console.log('THEIRS', round, JSON.stringify(a), JSON.stringify(body.toString('latin1')).slice(0, 1500))
  }
}
