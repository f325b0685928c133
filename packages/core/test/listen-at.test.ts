import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Micro } from '@micro/core'
import { serve } from '@micro/core/node'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { runModule } from './child.ts'
import { microErrorOf } from './micro-error-of.ts'

const directory = mkdtempSync(join(tmpdir(), 'micro-socket-'))
const path = join(directory, 'app.sock')

const serveThere = async () => {
  const app = new Micro(import.meta, { mode: 'test', env: {} })
  app.get('/', () => 'here')
  const server = await serve(app, { socket: path, signals: false })
  onTestFinished(() => server.stop())
}

const answer = (): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    get({ socketPath: path, path: '/' }, (response) => resolve(response.resume().statusCode)).once('error', reject)
  })

describe('listenAt a unix socket', () => {
  afterEach(() => rmSync(path, { force: true }))

  test('that a killed server left behind takes its place', async () => {
    const child = runModule(`
      import { createServer } from 'node:net'
      createServer().listen(${JSON.stringify(path)}, () => console.log('listens'))`)
    await child.line(/listens/)
    child.process.kill('SIGKILL')
    await child.ended()
    expect(existsSync(path)).toBe(true)
    await serveThere()
    expect(await answer()).toBe(200)
  })

  test('where another server listens is an error, and that one goes on', async () => {
    await serveThere()
    const app = new Micro(import.meta, { mode: 'test', env: {} })
    expect(await microErrorOf(() => serve(app, { socket: path, signals: false }))).toMatchObject({ code: 'MICRO_LISTEN' })
    expect(await answer()).toBe(200)
  })

  test('where an ordinary file lies is an error, and the file is left alone', async () => {
    writeFileSync(path, 'precious')
    const app = new Micro(import.meta, { mode: 'test', env: {} })
    const error = await microErrorOf(() => serve(app, { socket: path, signals: false }))
    expect(error.message).toContain('another file has that name')
    expect(existsSync(path)).toBe(true)
  })
})
