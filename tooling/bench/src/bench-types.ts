/** `pnpm bench:types`: what Micro's types cost the compiler, for 500, 1,000 and 2,000 routes, beside the same schemas by hand. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type TypeCost, typeCost } from './type-cost.ts'
import { type Variant, writeTypeProject } from './type-project.ts'
import { BENCH, build } from './workspace.ts'

const SIZES = [500, 1_000, 2_000]
const BUDGET = { routes: 1_000, instantiations: 450_000, checkSeconds: 1 }

/** How much more the second thousand routes may cost than twice the second half of the first. */
const GROWTH = 1.1

interface Row extends TypeCost {
  readonly variant: Variant
  readonly routes: number
}

const { values: flags } = parseArgs({
  allowNegative: true,
  options: { build: { type: 'boolean', default: true }, json: { type: 'boolean', default: false } },
})
if (flags.build) {
  await build()
}
const rows: Row[] = []
for (const variant of ['by-hand', 'micro'] as const) {
  for (const routes of SIZES) {
    const directory = join(BENCH, 'out', `types-${variant}-${routes}`)
    await writeTypeProject(directory, variant, routes)
    const row = { variant, routes, ...(await typeCost(directory)) }
    rows.push(row)
    process.stderr.write(`${rowLine(row)}\n`)
  }
}
const verdicts = judge(rows)
process.stderr.write(`\n${verdicts.map((verdict) => `${verdict.kept ? 'kept  ' : 'MISSED'} ${verdict.text}`).join('\n')}\n`)
if (flags.json) {
  process.stdout.write(`${JSON.stringify({ rows, verdicts }, null, 2)}\n`)
}
process.exitCode = verdicts.every((verdict) => verdict.kept || verdict.timed) ? 0 : 1

function rowLine(row: Row): string {
  const each = Math.round(row.instantiations / row.routes)
  return [
    row.variant.padEnd(8),
    `${String(row.routes).padStart(5)} routes`,
    `${String(row.instantiations).padStart(8)} instantiations (${each} a route)`,
    `check ${row.checkSeconds.toFixed(2)} s`,
    `total ${row.totalSeconds.toFixed(2)} s`,
    `${row.memoryMb} MB`,
  ].join('  ')
}

/** Times depend on the machine, so they do not fail the run; counts do not. */
function judge(all: readonly Row[]): { text: string; kept: boolean; timed: boolean }[] {
  const of = (variant: Variant, routes: number) => {
    const row = all.find((one) => one.variant === variant && one.routes === routes)
    if (row === undefined) {
      throw new Error(`${variant} with ${routes} routes was not measured`)
    }
    return row
  }
  const at = of('micro', BUDGET.routes)
  const early = at.instantiations - of('micro', 500).instantiations
  const late = of('micro', 2_000).instantiations - at.instantiations
  const slope = (variant: Variant) => (of(variant, 2_000).instantiations - of(variant, 500).instantiations) / 1_500
  const above = Math.round(slope('micro') - slope('by-hand'))
  return [
    {
      text: `${at.instantiations} instantiations at ${BUDGET.routes} routes; budget ${BUDGET.instantiations}`,
      kept: at.instantiations <= BUDGET.instantiations,
      timed: false,
    },
    {
      text: `${at.checkSeconds.toFixed(2)} s of check time at ${BUDGET.routes} routes; budget ${BUDGET.checkSeconds} s`,
      kept: at.checkSeconds <= BUDGET.checkSeconds,
      timed: true,
    },
    {
      text: `routes 501 to 1,000 add ${early}, routes 1,001 to 2,000 add ${late}: at most ${GROWTH} times twice as much`,
      kept: late <= GROWTH * 2 * early,
      timed: false,
    },
    { text: `${above} instantiations a route above the same schemas and types by hand; budget 350`, kept: above <= 350, timed: false },
  ]
}
