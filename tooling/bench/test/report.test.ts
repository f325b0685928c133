import { expect, test } from 'vitest'
import type { ScenarioResult } from '../src/measure-scenario.ts'
import { markdown } from '../src/report.ts'

const spread = (median: number) => ({ median, min: median - 0.1, max: median + 0.1 })
const cost = { cpuUs: spread(10), requestsPerSecond: spread(50_000) }

const result = (scenario: string, contestant: string, ratio: number, target?: number): ScenarioResult => ({
  scenario,
  contestant,
  baseline: `bare/${scenario}`,
  node: 'v24.0.0',
  ratio: spread(ratio),
  cost,
  baselineCost: cost,
  target,
  headers: [],
})

test('the report begins with the ratios of a scenario side by side, and says what was missed and what was not measured', () => {
  const scenarios = [result('text', 'micro', 1.05, 1), result('text', 'hono', 0.9), result('json', 'micro', 0.95, 1)]
  const page = markdown({ conditions: ['One machine.'], scenarios, imports: [], starts: [], failures: ['json hono: no answer'] }, [])
  expect(page).toContain(
    [
      '| Node | scenario | micro | hono |',
      '|---|---|--:|--:|',
      '| v24.0.0 | text | 1.05 (0.95–1.15) | 0.90 (0.80–1.00) |',
      '| v24.0.0 | json | 0.95 (0.85–1.05) |  |',
    ].join('\n'),
  )
  expect(page).toContain('| json | micro | 0.95 (0.85–1.05) | ≥ 1.00 **missed** |')
  expect(page).toContain('- json hono: no answer')
})
