import { RULES } from './rules.ts'
import { failed, type Rule, type RuleReport } from './rule.ts'
import type { Subject } from './subject.ts'
import { messageOf } from './trial.ts'

const PAGES = 'https://github.com/micro-framework/micro/blob/main/docs/extensions/protocol.md'

/** Registers a test: `test` of vitest, of node:test, or of anything that takes a name and a function. */
export type TestFunction = (name: string, run: () => Promise<void>) => unknown

/** Holds an extension against one rule. A rule that throws has failed. */
export async function checkRule(rule: Rule, subject: Subject): Promise<RuleReport> {
  const start = performance.now()
  const outcome = await Promise.resolve()
    .then(() => rule.check(subject))
    .catch((error: unknown) => failed(`${messageOf(error)}${error instanceof Error && error.cause !== undefined ? ` (caused by: ${messageOf(error.cause)})` : ''}`, 'a rule that can be checked'))
  return { id: rule.id, title: rule.title, outcome, page: `${PAGES}#rules`, ms: performance.now() - start }
}

/** Holds an extension against every rule of the protocol. */
export async function checkExtension(subject: Subject): Promise<readonly RuleReport[]> {
  const reports: RuleReport[] = []
  for (const rule of RULES) {
    reports.push(await checkRule(rule, subject))
  }
  return reports
}

/**
 * Registers one named test for each rule an extension can break, with vitest or node:test, whichever is running, or with the `test` that
 * is given. A rule that does not apply says why, and is never counted as passed.
 */
export async function testExtension(subject: Subject, test?: TestFunction): Promise<void> {
  const register = test ?? (await runningTest())
  for (const rule of RULES) {
    register(`${rule.id}: ${rule.title}`, async () => {
      const { outcome, page } = await checkRule(rule, subject)
      if (outcome.verdict === 'failed') {
        throw new Error(`${rule.id}: ${rule.title}\n  seen:     ${outcome.seen}\n  expected: ${outcome.expected}\n  rule:     ${page}`)
      }
      if (outcome.verdict === 'does not apply') {
        console.info(`${rule.id} does not apply: ${outcome.reason}`)
      }
    })
  }
}

/** `test` of the runner that runs this process. Neither is a dependency. */
async function runningTest(): Promise<TestFunction> {
  const runner = process.env.VITEST === undefined ? 'node:test' : 'vitest'
  return ((await import(runner)) as { readonly test: TestFunction }).test
}
