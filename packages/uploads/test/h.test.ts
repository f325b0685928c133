import { readFileSync } from 'node:fs'
import { test } from 'vitest'
import busboy from 'busboy'
import { PartGuard } from '../src/part-guard.ts'
test('x', async () => {
  const body = readFileSync('/tmp/hang.bin')
  const guard = new PartGuard('-', { parts: 1000, headerBytes: 16384 })
  try { for (let at = 0; at < body.length; at += 4096) { guard.check(body.subarray(at, at + 4096)); console.log(at, guard.parts) } } catch (e) { console.log(String(e)) }
  const b = busboy({ headers: { 'content-type': 'multipart/form-data; boundary="-"' }, defParamCharset: 'utf8', preservePath: true })
  b.on('error', (e) => console.log('error', String(e))); b.on('close', () => console.log('close'))
  b.on('file', (n, s, i) => { console.log('file', n, i); s.on('data', (c) => console.log('data', c.length)); s.on('end', () => console.log('end')); s.on('error', (e: unknown) => console.log('file error', String(e))) })
  b.on('field', (n, s, i) => { console.log('field', n, s) })
  for (let at = 0; at < body.length; at += 4096) {
    const r = await Promise.race([new Promise((r) => b.write(body.subarray(at, at + 4096), r as any)), new Promise((r) => setTimeout(() => r('HANG'), 1000))])
    if (r === 'HANG') break
  }
  b.end()
  await new Promise((r) => setTimeout(r, 300))
})
