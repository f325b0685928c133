import { checkSubject } from './check-subject.ts'
import { firstUse } from './first-use.ts'
import { failed, type Outcome, type Rule, type RuleReport } from './rule.ts'
import { RULES } from './rules.ts'
import { runningTest, type TestFunction } from './running-test.ts'
import type { Subject } from './subject.ts'
import { messageOf } from './trial.ts'

/** Page of Micro's documentation that says what each rule is for. */
const PAGE = 'docs/extensions/protocol.md'

/** Longest that one rule may take. */
const RULE_MS = 8_000

/** Rules that start no app: they can be judged even where a start never ends. */
const WITHOUT_START: ReadonlySet<string> = new Set(['P01', 'P03', 'P11', 'P30'])

/** Holds an extension against one rule. A rule that throws, or takes longer than eight seconds, has failed. */
export async function checkRule(rule: Rule, subject: Subject): Promise<RuleReport> {
  const start = performance.now()
  const outcome = await judge(rule, subject).catch((error: unknown) => failed(withCause(error), 'a rule that can be checked'))
  return { id: rule.id, title: rule.title, outcome, page: `${PAGE}#${rule.id.toLowerCase()}`, ms: performance.now() - start }
}

/**
 * Holds an extension against rules of the protocol; all that an extension can break unless some are named.
 * @throws Error where a key of the subject is missing, or unknown.
 */
export async function checkExtension(subject: Subject, rules: readonly Rule[] = RULES): Promise<readonly RuleReport[]> {
  checkSubject(subject)
  const reports: RuleReport[] = []
  for (const rule of rules) {
    reports.push(await checkRule(rule, subject))
  }
  return reports
}

/**
 * Registers one named test for each rule an extension can break, with vitest or node:test, whichever is running, or with the `test` that
 * is given. A rule that does not apply says why, and is never counted as passed.
 * @throws Error where a key of the subject is missing, or unknown.
 */
export async function testExtension(subject: Subject, test?: TestFunction): Promise<void> {
  checkSubject(subject)
  const register = test ?? (await runningTest())
  for (const rule of RULES) {
    register(`${rule.id}: ${rule.title}`, async () => {
      const { outcome, page } = await checkRule(rule, subject)
      if (outcome.verdict === 'failed') {
        throw new Error(
          `${rule.id}: ${rule.title}\n  seen:     ${outcome.seen}\n  expected: ${outcome.expected}\n  rule:     npx micro-compat explain ${rule.id}, or ${page}`,
        )
      }
      if (outcome.verdict === 'does not apply') {
        console.info(`${rule.id} does not apply: ${outcome.reason}`)
      }
    })
  }
}

async function judge(rule: Rule, subject: Subject): Promise<Outcome> {
  const hang = WITHOUT_START.has(rule.id) ? undefined : (await firstUse(subject)).hang
  if (hang !== undefined) {
    return failed(hang, 'an extension that starts, answers and stops')
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve(failed(`the rule was not through after ${RULE_MS / 1000} s`, 'an end')), RULE_MS)
  })
  try {
    return await Promise.race([rule.check(subject), late])
  } finally {
    clearTimeout(timer)
  }
}

function withCause(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? ` (caused by: ${messageOf(error.cause)})` : ''
  return `${messageOf(error)}${cause}`
}
