import { requestOf } from './scenario.ts'
import { type ServerOptions, ServerProcess } from './server-process.ts'
import { type Spread, spreadOf } from './spread.ts'
import { compiled, type NodeBinary } from './workspace.ts'

/** What it costs to be there at all. */
export interface StartCost {
  readonly contestant: string
  /** Version of Node. */
  readonly node: string
  /** Milliseconds from the start of the process to its first answer. */
  readonly startMs: Spread
  /** CPU milliseconds until then. */
  readonly cpuMs: Spread
  /** Resident memory after the first answer, in megabytes (2^20 bytes). */
  readonly residentMb: Spread
}

/** Starts the `hello` of each contestant in turn, so that what else the machine does falls on all alike. */
export async function startCosts(contestants: readonly string[], node: NodeBinary, rounds: number): Promise<StartCost[]> {
  const found = new Map(contestants.map((name) => [name, { start: [] as number[], cpu: [] as number[], resident: [] as number[] }]))
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, values] of found) {
      const options: ServerOptions = { node: node.path, program: compiled(`${name}/hello`), request: requestOf('/') }
      const server = await ServerProcess.start(options)
      values.start.push(server.startMs)
      values.cpu.push(server.cpuTimeNs() / 1e6)
      values.resident.push(server.residentBytes() / 2 ** 20)
      await server.stop()
    }
  }
  return [...found].map(([contestant, values]) => ({
    contestant,
    node: node.version,
    startMs: spreadOf(values.start),
    cpuMs: spreadOf(values.cpu),
    residentMb: spreadOf(values.resident),
  }))
}
