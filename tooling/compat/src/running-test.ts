/** Registers a test: `test` of vitest, of node:test, or of anything that takes a name and a function. */
export type TestFunction = (name: string, run: () => Promise<void>) => unknown

/** `test` of the runner that runs this process. Neither is a dependency. */
export async function runningTest(): Promise<TestFunction> {
  // The environment says it too, but children of a test inherit that.
  const runner = '__vitest_worker__' in globalThis ? 'vitest' : 'node:test'
  return ((await import(runner)) as { readonly test: TestFunction }).test
}
