import { PartGuard } from './src/part-guard.ts'
import { createHash } from 'node:crypto'
const chunk = Buffer.alloc(65536); for (let i = 0; i < chunk.length; i++) chunk[i] = (i * 7919) % 251
for (const B of ['x-bench-boundary', '----WebKitFormBoundaryXR1ATCWipg0K5nNA']) for (let r = 0; r < 3; r++) {
  const g = new PartGuard(B, { parts: 1000, headerBytes: 16384 })
  g.check(Buffer.from(`--${B}\r\nA: b\r\n\r\n`))
  let c = process.cpuUsage(); for (let n = 0; n < 4578; n++) g.check(chunk); let u = process.cpuUsage(c)
  console.log('guard', B.length, (u.user + u.system) / 1000)
  const needle = Buffer.from(`\r\n--${B}`)
  c = process.cpuUsage(); for (let n = 0; n < 4578; n++) chunk.indexOf(needle); u = process.cpuUsage(c)
  console.log('indexOf', (u.user + u.system) / 1000)
  const rev = Buffer.from(`${B}`)
  c = process.cpuUsage(); for (let n = 0; n < 4578; n++) chunk.indexOf(rev); u = process.cpuUsage(c)
  console.log('indexOf without crlf', (u.user + u.system) / 1000)
  const h = createHash('sha256')
  c = process.cpuUsage(); for (let n = 0; n < 4578; n++) h.update(chunk); u = process.cpuUsage(c)
  console.log('sha', (u.user + u.system) / 1000)
}
