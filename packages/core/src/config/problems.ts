/** The CLI explains broken apps: it collects what goes wrong while one is put together, instead of dying of the first error. */

const PROBLEMS: unique symbol = Symbol.for('micro.problems')

interface Slots {
  [PROBLEMS]?: unknown[]
}

/** From here on, errors of an app's set-up are kept in the list that is returned. */
export function startCollecting(): unknown[] {
  const problems: unknown[] = []
  ;(globalThis as Slots)[PROBLEMS] = problems
  return problems
}

/** Ends collecting: errors are thrown again. */
export function stopCollecting(): void {
  delete (globalThis as Slots)[PROBLEMS]
}

/** Runs a step of an app's set-up. While problems are collected, `otherwise` says what it comes to where it fails. */
export function collectProblem<T>(step: () => T, otherwise: (error: unknown) => T): T {
  const problems = (globalThis as Slots)[PROBLEMS]
  if (problems === undefined) {
    return step()
  }
  try {
    return step()
  } catch (error) {
    problems.push(error)
    return otherwise(error)
  }
}

/** Runs a step of an app's set-up that may be left out while problems are collected. */
export function collectStep(step: () => void): void {
  collectProblem(step, () => undefined)
}

/** Puts a problem that is understood better now in the place of one that was collected. */
export function replaceProblem(before: unknown, after: unknown): void {
  const problems = (globalThis as Slots)[PROBLEMS]
  const index = problems?.indexOf(before) ?? -1
  if (problems !== undefined && index >= 0) {
    problems[index] = after
  }
}

/** Whether problems are collected. */
export function isCollecting(): boolean {
  return (globalThis as Slots)[PROBLEMS] !== undefined
}
