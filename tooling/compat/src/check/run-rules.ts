/** Runs the rules for a subject and writes the reports to a file. A child of the command: an extension that never ends is ended from outside. */
import { writeFileSync } from 'node:fs'
import { checkSubject } from '../check-subject.ts'
import type { RuleReport } from '../rule.ts'
import { RULES } from '../rules.ts'
import type { Subject } from '../subject.ts'
import { checkRule } from '../test-extension.ts'
import { messageOf } from '../trial.ts'

/** What the child writes, again after every rule. */
export interface RulesFile {
  /** What kept the subject from being had. */
  readonly problem?: string
  readonly reports: readonly RuleReport[]
  readonly isComplete: boolean
}

const [url, file] = process.argv.slice(2) as [string, string]
const write = (content: RulesFile): void => writeFileSync(file, JSON.stringify(content))

try {
  const { default: subject } = (await import(url)) as { readonly default?: Subject }
  if (subject === undefined) {
    write({ problem: 'it has no subject as its default export', reports: [], isComplete: true })
  } else {
    checkSubject(subject)
    const reports: RuleReport[] = []
    for (const rule of RULES) {
      reports.push(await checkRule(rule, subject))
      write({ reports, isComplete: false })
    }
    write({ reports, isComplete: true })
  }
} catch (error) {
  write({ problem: messageOf(error), reports: [], isComplete: true })
}
// What the extension has left open has been reported, and is not waited for.
process.exit(0)
