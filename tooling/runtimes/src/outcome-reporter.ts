import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/** What became of one test file. */
export interface FileOutcome {
  /** Path from the root. */
  readonly file: string
  /** State and first error of its tests by full name; where several share it, one that failed counts. */
  readonly tests: { readonly [name: string]: { readonly state: 'passed' | 'failed' | 'skipped'; readonly error: string } }
}

/** The name under which a file's own failure is kept: it does not load, or something of it fails outside of any test. */
export const WHOLE_FILE = '(the file itself)'

/** What Deno says of vitest's own farewell to a worker, under the name of whatever file came last. */
const DENO_LACKS = 'Not implemented: parentPort.removeAllListeners'

/** Writes what became of every test to the file that MICRO_TEST_OUTCOME names. */
export default class OutcomeReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const files = modules.map((module): FileOutcome => {
      const tests: { [name: string]: FileOutcome['tests'][string] } = {}
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result()
        if (tests[test.fullName]?.state !== 'failed') {
          tests[test.fullName] = { state: state === 'pending' ? 'skipped' : state, error: errors?.[0]?.message ?? '' }
        }
      }
      const own = [
        ...module.errors(),
        ...unhandled.filter((error) => error.VITEST_TEST_PATH === module.moduleId && error.message !== DENO_LACKS),
      ]
      if (own[0] !== undefined) {
        tests[WHOLE_FILE] = { state: 'failed', error: own[0].message }
      }
      return { file: relative(process.cwd(), module.moduleId), tests }
    })
    writeFileSync(process.env.MICRO_TEST_OUTCOME ?? 'outcome.json', JSON.stringify(files))
  }
}
