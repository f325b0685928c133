import { execFileSync, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LogWriter } from '../src/log/log-writer.ts'
import { runModule } from './child.ts'
import { directory } from './template-site.ts'

describe('LogWriter', () => {
  test('writes lines in their order', async () => {
    const file = join(directory({}), 'log')
    const descriptor = openSync(file, 'w')
    onTestFinished(() => closeSync(descriptor))
    const writer = new LogWriter(descriptor)
    const lines = Array.from({ length: 500 }, (_, index) => `line ${index} ${'é'.repeat(index)}`)
    for (const [index, line] of lines.entries()) {
      writer.write(line)
      if (index % 100 === 0) {
        await new Promise(setImmediate)
      }
    }
    while (readFileSync(file, 'utf8').split('\n').length <= lines.length) {
      await new Promise(setImmediate)
    }
    expect(readFileSync(file, 'utf8')).toBe(`${lines.join('\n')}\n`)
  })

  test('what waits when the process ends is written', async () => {
    const child = runModule(`
      const { LogWriter } = await import('./src/log/log-writer.ts')
      const writer = new LogWriter(1)
      writer.write('first')
      setTimeout(() => { writer.write('last'); throw new Error('the end') }, 5)`)
    await child.ended()
    expect(child.output.stdout.trim().split('\n').sort()).toEqual(['first', 'last'])
  })

  test('a reader that has stopped stops nobody: lines that do not fit are counted', async () => {
    const fifo = join(directory({}), 'pipe')
    execFileSync('mkfifo', [fifo])
    // The reader opens the pipe and reads nothing.
    const reader = spawn('sh', ['-c', `exec 3<${fifo}; sleep 30`], { stdio: 'ignore' })
    onTestFinished(() => void reader.kill('SIGKILL'))
    const child = runModule(`
      import { openSync, createReadStream } from 'node:fs'
      const { LogWriter } = await import('./src/log/log-writer.ts')
      const writer = new LogWriter(openSync(${JSON.stringify(fifo)}, 'w'))
      for (let round = 0; round < 100; round++) {
        for (let line = 0; line < 100; line++) writer.write('x'.repeat(1000))
        await new Promise(setImmediate)
      }
      console.log('went on')`)
    await child.line(/went on/)
  })

  test('a reader that has gone ends nobody', async () => {
    const child = runModule(`
      const { LogWriter } = await import('./src/log/log-writer.ts')
      const writer = new LogWriter(1)
      process.stdin.once('data', () => {
        for (let line = 0; line < 100; line++) writer.write('x'.repeat(1000))
        setTimeout(() => { console.error('went on'); process.stdin.destroy() }, 20)
      })
      console.error('ready')`)
    await child.complaint(/ready/)
    child.process.stdout?.destroy()
    child.process.stdin?.write('go')
    await child.complaint(/went on/)
    expect((await child.ended()).code).toBe(0)
  })
})
