import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['@micro/source'] },
  ssr: { resolve: { conditions: ['@micro/source', 'node', 'module-sync'] } },
  test: {
    isolate: false,
    pool: 'threads',
    include: ['packages/*/test/**/*.test.ts', 'tooling/*/test/**/*.test.ts', 'examples/{*,extensions/*}/test/**/*.test.ts'],
    reporters: ['default', './tooling/test/src/summary-reporter.ts'],
  },
})
