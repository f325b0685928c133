import type { RuleReport } from './rule.ts'

/** Counts of a report. */
export interface ReportCounts {
  readonly passed: number
  readonly failed: number
  readonly inapplicable: number
}

/** How many rules ended how. */
export function countsOf(reports: readonly RuleReport[]): ReportCounts {
  const count = (verdict: string): number => reports.filter(({ outcome }) => outcome.verdict === verdict).length
  return { passed: count('passed'), failed: count('failed'), inapplicable: count('does not apply') }
}

/** A report as lines for a terminal: rule, verdict, evidence. */
export function linesOf(reports: readonly RuleReport[]): readonly string[] {
  return reports.flatMap(({ id, title, outcome, page }) => {
    if (outcome.verdict === 'passed') {
      return [`ok    ${id}  ${title}`, `           ${outcome.evidence}`]
    }
    return outcome.verdict === 'does not apply'
      ? [`n/a   ${id}  ${title}`, `           ${outcome.reason}`]
      : [`FAIL  ${id}  ${title}`, `           seen:     ${outcome.seen}`, `           expected: ${outcome.expected}`, `           ${page}`]
  })
}
