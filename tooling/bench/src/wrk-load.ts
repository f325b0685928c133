import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { LOAD_CORE, onCore } from './cores.ts'
import type { Load, Target } from './load.ts'
import type { LoadRequest } from './scenario.ts'

const execute = promisify(execFile)

/** Load by `wrk`: one process with one thread for each target. */
export class WrkLoad implements Load {
  readonly name = 'wrk'
  readonly #connections: number
  readonly #directory: string

  private constructor(connections: number, directory: string) {
    this.#connections = connections
    this.#directory = directory
  }

  /** Null where `wrk` is not installed. */
  static async open(connections: number): Promise<WrkLoad | null> {
    try {
      await execute('which', ['wrk'])
    } catch {
      return null
    }
    return new WrkLoad(connections, await mkdtemp(join(tmpdir(), 'bench-wrk-')))
  }

  run(targets: readonly Target[], seconds: number): Promise<number[]> {
    return Promise.all(targets.map((target) => this.#load(target, seconds)))
  }

  close(): Promise<void> {
    return rm(this.#directory, { recursive: true, force: true })
  }

  async #load(target: Target, seconds: number): Promise<number> {
    const script = join(this.#directory, `${target.port}.lua`)
    await writeFile(script, scriptOf(target.request))
    const url = `http://127.0.0.1:${target.port}${target.request.path}`
    const flags = ['--threads', '1', '--connections', String(this.#connections), '--duration', `${seconds}s`, '--timeout', '5s']
    const [command, args] = onCore(LOAD_CORE, 'wrk', [...flags, '--script', script, url])
    const { stdout } = await execute(command, args, { timeout: seconds * 1000 + 20_000 })
    return answersIn(stdout, target.status)
  }
}

/** The number of answers that a report of `wrk` counts. @throws Error if it tells of failures or of another status than expected. */
export function answersIn(report: string, status: number): number {
  const answers = Number(/(\d+) requests in /.exec(report)?.[1] ?? 0)
  const refused = Number(/Non-2xx or 3xx responses: (\d+)/.exec(report)?.[1] ?? 0)
  const failures = /Socket errors: .*/.exec(report)?.[0]
  const expected = status >= 400 ? answers : 0
  if (answers === 0) {
    throw new Error(`wrk got no answer:\n${report}`)
  }
  if (refused !== expected || failures !== undefined) {
    throw new Error(
      `${refused} answers of ${answers} have a status of 400 or more where ${expected} are expected. ${failures ?? ''}`.trim(),
    )
  }
  return answers
}

function scriptOf(request: LoadRequest): string {
  const lines = [`wrk.method = ${quoted(request.method)}`]
  if (request.body !== '') {
    lines.push(`wrk.body = ${quoted(request.body)}`)
  }
  for (const [name, value] of Object.entries(request.headers)) {
    lines.push(`wrk.headers[${quoted(name)}] = ${quoted(value)}`)
  }
  return `${lines.join('\n')}\n`
}

/** A Lua string that means its text literally, whatever is in it. */
function quoted(text: string): string {
  const escaped = text.replace(/[\\"\n\r\0]/g, (character) => `\\${String(character.charCodeAt(0)).padStart(3, '0')}`)
  return `"${escaped}"`
}
