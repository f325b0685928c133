/** Whether the parts of an app work, as its extensions say. */
import type { Log } from '../log/log.ts'

/** Whether an extension works. Throws, rejects or gives a sentence if it does not. */
export type HealthCheck = () => unknown

/** A health check, and whose it is. */
export interface OwnedHealthCheck {
  readonly name: string
  readonly check: HealthCheck
}

/** What the health checks came to. It says nothing of the reasons, which are logged: clients may see it. */
export interface HealthReport {
  /** Whether every one is. */
  readonly isHealthy: boolean
  /** The extensions that have a check, by name, and whether they work. */
  readonly extensions: { readonly [name: string]: boolean }
}

/** Runs all checks at once; one that takes longer than `timeoutMs` has failed. What fails is logged. Never rejects. */
export async function healthOf(checks: readonly OwnedHealthCheck[], log: Log, timeoutMs: number): Promise<HealthReport> {
  const results = await Promise.all(
    checks.map(async ({ name, check }) => {
      const problem = await problemOf(check, timeoutMs)
      if (problem !== undefined) {
        log.warn(`Extension '${name}' says that it does not work`, { extension: name, error: problem })
      }
      return [name, problem === undefined] as const
    }),
  )
  const names = [...new Set(results.map(([name]) => name))]
  const extensions = Object.fromEntries(
    names.map((name) => [name, results.every(([other, isHealthy]) => other !== name || isHealthy)] as const),
  )
  return { isHealthy: results.every(([, isHealthy]) => isHealthy), extensions }
}

async function problemOf(check: HealthCheck, timeoutMs: number): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`the check had not ended after ${timeoutMs} ms`), timeoutMs)
  })
  try {
    const said = await Promise.race([Promise.resolve().then(check), late])
    return typeof said === 'string' ? said : undefined
  } catch (error) {
    return error ?? 'the check failed'
  } finally {
    clearTimeout(timer)
  }
}
