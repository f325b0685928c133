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
    switch (outcome.verdict) {
      case 'passed':
        return [`ok    ${id}  ${title}`, `           ${outcome.evidence}`]
      case 'does not apply':
        return [`n/a   ${id}  ${title}`, `           ${outcome.reason}`]
      case 'failed':
        return [`FAIL  ${id}  ${title}`, `           seen:     ${outcome.seen}`, `           expected: ${outcome.expected}`, `           ${page}`]
    }
  })
}
