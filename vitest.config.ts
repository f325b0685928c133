import { defineConfig } from 'vitest/config'

// The packages as they are written; where MICRO_TEST_BUILT is set, as they are built. Then a test may ask for public entries alone.
const own = process.env.MICRO_TEST_BUILT ? [] : ['@micro/source']

export default defineConfig({
  resolve: { conditions: own },
  ssr: { resolve: { conditions: [...own, 'node', 'module-sync'] } },
  test: {
    isolate: false,
    pool: 'threads',
    // Many tests start processes, and a machine that does other work takes its time over that.
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // Where many of them run beside other work, a test gets a second try, and is named at the end if it needed it.
    retry: process.env.CI ? 1 : 0,
    include: ['packages/*/test/**/*.test.ts', 'tooling/*/test/**/*.test.ts', 'examples/{*,extensions/*}/test/**/*.test.ts'],
    reporters: ['default', './tooling/test/src/summary-reporter.ts'],
  },
})
