import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import busboy from 'busboy'
import { ByteSource } from './src/byte-source.ts'
import { diskStorage } from './src/disk-storage.ts'
import { multipart } from './src/multipart.ts'
import { receiveFile } from './src/receive-file.ts'

const SIZE = 300e6
const chunk = Buffer.alloc(65536)
for (let i = 0; i < chunk.length; i++) chunk[i] = (i * 7919) % 251
const B = 'x-bench-boundary'
function* body() {
  yield Buffer.from(`--${B}\r\nContent-Disposition: form-data; name="f"; filename="a.bin"\r\n\r\n`)
  for (let n = 0; n < SIZE; n += chunk.length) yield chunk
  yield Buffer.from(`\r\n--${B}--\r\n`)
}
const L = {
  parts: 1000,
  files: 10,
  fields: 100,
  nameBytes: 100,
  headerBytes: 16384,
  fieldBytes: 1e6,
  fileBytes: 1e9,
  totalBytes: 1e9,
  idleTimeoutMs: 30000,
}
const dir = mkdtempSync('/tmp/upbench/')
async function ours(disk: boolean) {
  for await (const part of multipart(new ByteSource(Readable.from(body(), { objectMode: false, highWaterMark: 65536 }), L), B, L)) {
    if (part.kind === 'file') {
      if (disk) {
        const f = await receiveFile(diskStorage({ directory: dir }), part, { field: 'f', name: '' }, () => {})
        await f.discard()
      } else for await (const c of part) void c
    }
  }
}
async function raw(disk: boolean) {
  const bb = busboy({ headers: { 'content-type': `multipart/form-data; boundary=${B}` } })
  const jobs: Promise<unknown>[] = []
  bb.on('file', (_n, s) =>
    jobs.push(
      pipeline(
        s,
        disk
          ? createWriteStream(dir + '/raw')
          : new Writable({
              write(_c, _e, cb) {
                cb()
              },
            }),
      ),
    ),
  )
  await pipeline(Readable.from(body(), { objectMode: false, highWaterMark: 65536 }), bb)
  await Promise.all(jobs)
}
for (let round = 0; round < 2; round++)
  for (const [n, f] of [
    ['ours null', () => ours(false)],
    ['busboy null', () => raw(false)],
    ['ours disk', () => ours(true)],
    ['busboy disk', () => raw(true)],
  ] as const) {
    const c = process.cpuUsage()
    const t = performance.now()
    await f()
    const u = process.cpuUsage(c)
    console.log(
      n.padEnd(12),
      ((u.user + u.system) / 1000).toFixed(0) + ' ms cpu',
      (performance.now() - t).toFixed(0) + ' ms',
      (process.memoryUsage().rss / 1e6).toFixed(0) + ' MB rss',
    )
  }
rmSync(dir, { recursive: true })
