/** Contracts of what apps and extensions put in the place of a built-in part: named tests, each with a part of its own. */
import { runningTest, type TestFunction } from './running-test.ts'

/** One promise of a contract. `check` throws where it is broken. */
export interface ContractRule<T> {
  readonly title: string
  check(part: T): Promise<void> | void
}

/** How the part under test is had. */
export interface ContractSubject<T> {
  /** Makes a part that holds nothing yet. */
  readonly create: () => T | Promise<T>
  /** Ends what `create` began. */
  readonly end?: (part: T) => unknown
}

/** Registers a named test for each rule, with the runner that is running or with the `test` that is given. */
export async function testContract<T>(
  rules: readonly ContractRule<T>[],
  { create, end }: ContractSubject<T>,
  test?: TestFunction,
): Promise<void> {
  const register = test ?? (await runningTest())
  for (const rule of rules) {
    register(rule.title, async () => {
      const part = await create()
      try {
        await rule.check(part)
      } finally {
        await end?.(part)
      }
    })
  }
}
