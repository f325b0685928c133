/** `pnpm bench`: see `bench-options.ts` for what it can be told, and `paired-ratio.ts` for what it measures. */
import { writeFile } from 'node:fs/promises'
import { type BenchOptions, HELP, readOptions } from './bench-options.ts'
import { checkMachine } from './cores.ts'
import { type ImportCost, importCosts } from './import-cost.ts'
import type { Load } from './load.ts'
import { measureScenario, type ScenarioResult } from './measure-scenario.ts'
import { type BenchReport, importLine, machine, markdown, resultLine, startLine } from './report.ts'
import { SCENARIOS } from './scenarios.ts'
import { SocketLoad } from './socket-load.ts'
import { type StartCost, startCosts } from './start-cost.ts'
import { build, compiled, type NodeBinary, nodeBinary, writeStaticFiles } from './workspace.ts'
import { WrkLoad } from './wrk-load.ts'

const options = readOptions(process.argv.slice(2))
if (options === null) {
  process.stdout.write(HELP)
} else {
  checkMachine()
  await bench(options)
}

async function bench(options: BenchOptions): Promise<void> {
  const nodes = await Promise.all(options.nodes.map((major) => nodeBinary(major)))
  if (options.build) {
    await build()
  }
  await writeStaticFiles()
  const load = await openLoad(options)
  const failures: string[] = []
  try {
    const scenarios = await measureAll(nodes, load, options, failures)
    const imports: ImportCost[] = []
    const starts: StartCost[] = []
    for (const node of nodes) {
      await measureProcesses(node, options, { imports, starts, failures })
    }
    await write({ conditions: conditions(nodes, load, options), scenarios, imports, starts, failures }, options)
  } finally {
    await load.close()
  }
  process.exitCode = failures.length === 0 ? 0 : 1
}

async function measureAll(nodes: readonly NodeBinary[], load: Load, options: BenchOptions, failures: string[]): Promise<ScenarioResult[]> {
  const results: ScenarioResult[] = []
  for (const node of nodes) {
    for (const scenario of SCENARIOS.filter(({ name }) => options.scenarios.includes(name))) {
      for (const contestant of Object.keys(scenario.contestants).filter((name) => options.contestants.includes(name))) {
        try {
          const result = await measureScenario(scenario, contestant, node, load, options)
          results.push(result)
          say(resultLine(result))
        } catch (error) {
          failures.push(`${node.version} ${scenario.name} ${contestant}: ${error instanceof Error ? error.message : String(error)}`)
          say(`NOT MEASURED ${failures.at(-1)}`)
        }
      }
    }
  }
  return results
}

async function measureProcesses(
  node: NodeBinary,
  options: BenchOptions,
  found: { readonly imports: ImportCost[]; readonly starts: StartCost[]; readonly failures: string[] },
): Promise<void> {
  try {
    if (options.scenarios.includes('import')) {
      const costs = await importCosts(options.contestants, node, options.startRounds)
      found.imports.push(...costs)
      costs.map(importLine).forEach(say)
    }
    if (options.scenarios.includes('start')) {
      const costs = await startCosts(options.contestants, node, options.startRounds)
      found.starts.push(...costs)
      costs.map(startLine).forEach(say)
    }
  } catch (error) {
    found.failures.push(`${node.version} processes: ${error instanceof Error ? error.message : String(error)}`)
    say(`NOT MEASURED ${found.failures.at(-1)}`)
  }
}

async function openLoad(options: BenchOptions): Promise<Load> {
  const wrk = options.load === 'own' ? null : await WrkLoad.open(options.connections)
  if (wrk === null && options.load === 'wrk') {
    throw new Error("--load wrk: wrk is not installed; '--load own' needs nothing")
  }
  return wrk ?? new SocketLoad(options.connections, compiled('socket-load-process'))
}

function conditions(nodes: readonly NodeBinary[], load: Load, options: BenchOptions): string[] {
  return [
    `Machine: ${machine()}; servers on core 0, load on core 1.`,
    `Node ${nodes.map((node) => node.version).join(', ')}; load by ${load.name} over ${options.connections} keep-alive connections to each server, on loopback.`,
    `${options.rounds} rounds of ${options.secondsPerRound} s after ${options.warmUpSeconds} s of warm-up.`,
    'Ratio: CPU time per request of the baseline over that of the contestant, both under load at the same moment on the same core; 1 is equal, more is cheaper. Requests a second serve for orientation only.',
  ]
}

async function write(report: BenchReport, options: BenchOptions): Promise<void> {
  if (options.markdown !== undefined) {
    await writeFile(options.markdown, markdown(report, SCENARIOS))
  }
  if (options.json) {
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  }
}

/** Progress goes to standard error, so that `--json` alone fills standard output. */
function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
