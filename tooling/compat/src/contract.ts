/** Contracts of what apps and extensions put in the place of a built-in part: named tests, each with a part of its own. */
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { runningTest, type TestFunction } from './running-test.ts'

/** One promise of a contract. `check` throws where it is broken. */
export interface ContractRule<T> {
  readonly title: string
  check(part: T, pass: (ms: number) => Promise<unknown>): Promise<void> | void
}

/** How the part under test is had. */
export interface ContractSubject<T> {
  /** Makes a part that holds nothing yet. */
  readonly create: () => T | Promise<T>
  /** Ends what `create` began. */
  readonly end?: (part: T) => unknown
  /** Lets milliseconds pass for a part with a clock of its own; they are waited for if it is absent. */
  readonly pass?: (ms: number) => unknown
  /** Longest that a method of the part may take: one that never answers is then named, and does not hang the suite. */
  readonly patienceMs?: number
}

/** Registers a named test for each rule, with the runner that is running or with the `test` that is given. */
export async function testContract<T extends object>(
  rules: readonly ContractRule<T>[],
  { create, end, pass = sleep, patienceMs }: ContractSubject<T>,
  test?: TestFunction,
): Promise<void> {
  const register = test ?? (await runningTest())
  for (const rule of rules) {
    register(rule.title, async () => {
      const part = await create()
      try {
        await rule.check(patienceMs === undefined ? part : answering(part, patienceMs), async (ms) => pass(ms))
      } finally {
        await end?.(part)
      }
    })
  }
}

/** A part whose methods answer in time, or fail. */
function answering<T extends object>(part: T, patienceMs: number): T {
  return new Proxy(part, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function') {
        return member
      }
      return (...args: unknown[]) => {
        const answer: unknown = Reflect.apply(member, target, args)
        return answer instanceof Promise ? inTime(answer, `${String(name)}(${args.map(shown).join(', ')})`, patienceMs) : answer
      }
    },
  })
}

async function inTime(answer: Promise<unknown>, call: string, patienceMs: number): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${call} gave no answer within ${patienceMs} ms`)), patienceMs)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

function shown(value: unknown): string {
  const text = inspect(value, { depth: 1, breakLength: Infinity })
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
