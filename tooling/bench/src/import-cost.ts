import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { onCore, SERVER_CORE } from './cores.ts'
import { type Spread, spreadOf } from './spread.ts'
import { compiled, type NodeBinary } from './workspace.ts'

const execute = promisify(execFile)

/** What the imports of a server cost, the start of Node included. */
export interface ImportCost {
  readonly contestant: string
  readonly modules: readonly string[]
  /** Version of Node. */
  readonly node: string
  readonly cpuMs: Spread
  /** Resident memory after them, in megabytes (2^20 bytes). */
  readonly residentMb: Spread
}

const MODULES: { readonly [contestant: string]: readonly string[] } = {
  bare: ['node:http'],
  micro: ['@micro/core', '@micro/core/node'],
  fastify: ['fastify'],
  hono: ['hono', '@hono/node-server'],
}

/** Greatest multiple wanted of what Micro's imports cost to those of bare `node:http`. */
export const IMPORT_TARGET = 0.9

/** Starts a process for the imports of each contestant in turn, so that what else the machine does falls on all alike. */
export async function importCosts(contestants: readonly string[], node: NodeBinary, rounds: number): Promise<ImportCost[]> {
  const found = new Map(contestants.map((name) => [name, { cpu: [] as number[], resident: [] as number[] }]))
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, values] of found) {
      const [command, args] = onCore(SERVER_CORE, node.path, [compiled('import-probe'), ...(MODULES[name] ?? [])])
      const { stdout } = await execute(command, args)
      const { cpuMs, residentMb } = JSON.parse(stdout) as { cpuMs: number; residentMb: number }
      values.cpu.push(cpuMs)
      values.resident.push(residentMb)
    }
  }
  return [...found].map(([contestant, values]) => ({
    contestant,
    modules: MODULES[contestant] ?? [],
    node: node.version,
    cpuMs: spreadOf(values.cpu),
    residentMb: spreadOf(values.resident),
  }))
}
