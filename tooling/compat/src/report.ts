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

/** Widest line of a report. */
const COLUMNS = 100

/** Where the text of a report's second column begins. */
const INDENT = ' '.repeat(11)

/** A report as lines for a terminal, none wider than 100 columns: rule, verdict, evidence. What several rules saw is said once. */
export function linesOf(reports: readonly RuleReport[]): readonly string[] {
  return reports.flatMap((report, index) => {
    const { id, title, outcome, page } = report
    const alike = reports.filter((other) => isAlike(report, other))
    if (alike.some((other) => reports.indexOf(other) < index)) {
      return []
    }
    if (outcome.verdict === 'passed') {
      return [...inColumns(`ok    ${id}  `, title), ...inColumns(INDENT, outcome.evidence)]
    }
    return outcome.verdict === 'does not apply'
      ? [...inColumns(`n/a   ${id}  `, title), ...inColumns(INDENT, outcome.reason)]
      : [
          ...inColumns(`FAIL  ${id}  `, title),
          ...inColumns(`${INDENT}seen:     `, outcome.seen),
          ...inColumns(`${INDENT}expected: `, outcome.expected),
          ...inColumns(`${INDENT}rule:     `, `micro-compat explain ${id}, or ${page}`),
          ...(alike.length === 0 ? [] : inColumns(`${INDENT}likewise: `, alike.map((other) => other.id).join(', '))),
        ]
  })
}

/** Whether another rule failed of the same. */
function isAlike({ id, outcome }: RuleReport, other: RuleReport): boolean {
  return (
    id !== other.id &&
    outcome.verdict === 'failed' &&
    other.outcome.verdict === 'failed' &&
    outcome.seen === other.outcome.seen &&
    outcome.expected === other.outcome.expected
  )
}

/** A text in lines, the first after `lead`, the others below it. A word that is wider than a line is cut. */
export function inColumns(lead: string, text: string): readonly string[] {
  const room = COLUMNS - lead.length
  const lines: string[] = []
  for (const given of text.split('\n')) {
    let line = ''
    for (const word of given.split(' ').flatMap((one) => one.match(new RegExp(`.{1,${room}}`, 'gu')) ?? [''])) {
      if (line !== '' && line.length + 1 + word.length > room) {
        lines.push(line)
        line = word
      } else {
        line = line === '' ? word : `${line} ${word}`
      }
    }
    lines.push(line)
  }
  return lines.map((line, index) => `${index === 0 ? lead : ' '.repeat(lead.length)}${line}`.trimEnd())
}
