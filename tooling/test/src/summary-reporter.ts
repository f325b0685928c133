import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with one plain line of counts. */
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
      }
    }
    console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
  }
}
