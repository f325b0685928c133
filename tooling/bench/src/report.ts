import { availableParallelism, cpus, totalmem } from 'node:os'
import { IMPORT_TARGET, type ImportCost } from './import-cost.ts'
import type { ScenarioResult } from './measure-scenario.ts'
import type { Scenario } from './scenario.ts'
import type { Spread } from './spread.ts'
import type { StartCost } from './start-cost.ts'

/** Everything one run found. */
export interface BenchReport {
  /** Machine, versions and options, a sentence each. */
  readonly conditions: readonly string[]
  readonly scenarios: readonly ScenarioResult[]
  readonly imports: readonly ImportCost[]
  readonly starts: readonly StartCost[]
  /** What could not be measured, and why. */
  readonly failures: readonly string[]
}

/** The machine, in one line. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  return `${model}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB`
}

/** One result on one line of the terminal. */
export function resultLine(result: ScenarioResult): string {
  const cost = `${result.cost.cpuUs.median.toFixed(1).padStart(6)} µs a request, ${result.baseline} ${result.baselineCost.cpuUs.median.toFixed(1)}`
  return [result.node, result.scenario.padEnd(17), result.contestant.padEnd(8), spreadText(result.ratio, 2), cost, verdict(result)]
    .join('  ')
    .trimEnd()
}

/** One start on one line of the terminal. */
export function startLine(cost: StartCost): string {
  const figures = `first answer after ${spreadText(cost.startMs, 0)} ms, CPU ${spreadText(cost.cpuMs, 0)} ms, ${spreadText(cost.residentMb, 1)} MB`
  return `${cost.node}  ${'start'.padEnd(17)}  ${cost.contestant.padEnd(8)}  ${figures}`
}

/** The cost of some imports on one line of the terminal. */
export function importLine(cost: ImportCost): string {
  const figures = `CPU ${spreadText(cost.cpuMs, 0)} ms, ${spreadText(cost.residentMb, 1)} MB: ${cost.modules.join(', ')}`
  return `${cost.node}  ${'import'.padEnd(17)}  ${cost.contestant.padEnd(8)}  ${figures}`
}

/** The whole run as a Markdown page. */
export function markdown(report: BenchReport, scenarios: readonly Scenario[]): string {
  const conditions = report.conditions.map((condition) => `- ${condition}`)
  const lines = ['# Benchmark', '', ...conditions, '', ...summary(report), ...scenarioTables(report, scenarios)]
  if (report.imports.length > 0) {
    lines.push('## Imports, with the start of Node', '', ...importTable(report.imports), '')
  }
  if (report.starts.length > 0) {
    lines.push('## Start and memory', '', ...startTable(report.starts), '')
  }
  if (report.failures.length > 0) {
    lines.push('## Not measured', '', ...report.failures.map((failure) => `- ${failure.replaceAll('\n', ' ')}`), '')
  }
  return lines.join('\n')
}

/** The ratios alone, a scenario to the row: what is compared stands side by side. */
function summary({ scenarios: results }: BenchReport): string[] {
  if (results.length === 0) {
    return []
  }
  const contestants = [...new Set(results.map((result) => result.contestant))]
  const rows = new Map<string, Map<string, string>>()
  for (const { node, scenario, contestant, ratio } of results) {
    const row = rows.get(`| ${node} | ${scenario} |`) ?? new Map<string, string>()
    rows.set(`| ${node} | ${scenario} |`, row.set(contestant, spreadText(ratio, 2)))
  }
  const lines = [...rows].map(([start, row]) => `${start}${contestants.map((name) => ` ${row.get(name) ?? ''} |`).join('')}`)
  const head = [`| Node | scenario | ${contestants.join(' | ')} |`, `|---|---|${contestants.map(() => '--:|').join('')}`]
  return ['## Ratios', '', ...head, ...lines, '']
}

function scenarioTables(report: BenchReport, scenarios: readonly Scenario[]): string[] {
  const lines: string[] = []
  for (const node of new Set(report.scenarios.map((result) => result.node))) {
    const head =
      '| scenario | contestant | ratio: median (min–max) | wanted | CPU µs a request | baseline | its CPU µs | requests a second |'
    lines.push(`## Node ${node}`, '', head, '|---|---|--:|--:|--:|---|--:|--:|')
    for (const result of report.scenarios.filter((one) => one.node === node)) {
      const wanted =
        result.target === undefined ? '' : `≥ ${result.target.toFixed(2)}${result.ratio.median < result.target ? ' **missed**' : ''}`
      const rate = Math.round(result.cost.requestsPerSecond.median)
      lines.push(
        `| ${result.scenario} | ${result.contestant} | ${spreadText(result.ratio, 2)} | ${wanted} | ${result.cost.cpuUs.median.toFixed(1)} | ${result.baseline} | ${result.baselineCost.cpuUs.median.toFixed(1)} | ${rate} |`,
      )
    }
    lines.push('')
  }
  const measured = new Set(report.scenarios.map((result) => result.scenario))
  const legend = scenarios.filter((scenario) => measured.has(scenario.name)).map((scenario) => `- **${scenario.name}**: ${scenario.about}.`)
  return [...lines, ...legend, '']
}

function importTable(imports: readonly ImportCost[]): string[] {
  const rows = imports.map((cost) => {
    const base = imports.find((other) => other.node === cost.node && other.contestant === 'bare')
    const ratio = base === undefined ? '' : (cost.cpuMs.median / base.cpuMs.median).toFixed(2)
    const wanted = cost.contestant === 'micro' ? `≤ ${IMPORT_TARGET.toFixed(2)}` : ''
    return `| ${cost.node} | ${cost.contestant} | ${cost.modules.join(', ')} | ${spreadText(cost.cpuMs, 0)} | ${ratio} | ${wanted} | ${spreadText(cost.residentMb, 1)} |`
  })
  return ['| Node | contestant | imports | CPU ms | × bare | wanted | resident MB |', '|---|---|---|--:|--:|--:|--:|', ...rows]
}

function startTable(starts: readonly StartCost[]): string[] {
  const rows = starts.map((cost) => {
    const base = starts.find((other) => other.node === cost.node && other.contestant === 'bare')
    const ratio = base === undefined ? '' : (cost.startMs.median / base.startMs.median).toFixed(2)
    const memory = base === undefined ? '' : (cost.residentMb.median - base.residentMb.median).toFixed(1)
    return `| ${cost.node} | ${cost.contestant} | ${spreadText(cost.startMs, 0)} | ${ratio} | ${spreadText(cost.cpuMs, 0)} | ${spreadText(cost.residentMb, 1)} | ${memory} |`
  })
  return [
    '| Node | contestant | ms to the first answer | × bare | CPU ms | resident MB | MB over bare |',
    '|---|---|--:|--:|--:|--:|--:|',
    ...rows,
  ]
}

function verdict(result: ScenarioResult): string {
  if (result.target === undefined) {
    return ''
  }
  const wanted = `wanted ≥ ${result.target.toFixed(2)}`
  return result.ratio.median < result.target ? `MISSED (${wanted})` : wanted
}

function spreadText(spread: Spread, digits: number): string {
  return `${spread.median.toFixed(digits)} (${spread.min.toFixed(digits)}–${spread.max.toFixed(digits)})`
}
