import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with the tests that passed at a second try only, and one plain line of counts. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 }
    for (const module of modules) {
      const tests = [...module.children.allTests()]
      // A file that does not load has no tests, and has failed.
      count.failed += module.ok() || tests.length > 0 ? 0 : 1
      for (const test of tests) {
        const { state } = test.result()
        count[state === 'passed' || state === 'failed' ? state : 'skipped']++
        if (test.diagnostic()?.flaky) {
          console.log(`At a second try only: ${module.relativeModuleId} > ${test.fullName}`)
        }
      }
    }
    console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
  }
}
