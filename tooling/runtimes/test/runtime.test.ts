import { expect, test } from 'vitest'

/** Which runtime the tests are meant to run on: set by the stage that runs them elsewhere. */
const meant = process.env.MICRO_TEST_RUNTIME ?? 'node'

test(`the tests run on ${meant}`, () => {
  const { bun, deno } = process.versions as { readonly bun?: string; readonly deno?: string }
  expect(bun !== undefined ? 'bun' : deno !== undefined ? 'deno' : 'node').toBe(meant)
})
