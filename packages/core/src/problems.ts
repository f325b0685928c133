/** The CLI explains broken apps: it collects what goes wrong while one is put together, instead of dying of the first error. */

const PROBLEMS: unique symbol = Symbol.for('micro.problems')

interface Slots {
  [PROBLEMS]?: unknown[]
}

/** From here on, installation errors are kept in the list that is returned. */
export function startCollecting(): unknown[] {
  const problems: unknown[] = []
  ;(globalThis as Slots)[PROBLEMS] = problems
  return problems
}

/** Ends collecting: errors are thrown again. */
export function stopCollecting(): void {
  delete (globalThis as Slots)[PROBLEMS]
}

/** Runs a step of an app's set-up. */
export function collectProblem(step: () => void): void {
  const problems = (globalThis as Slots)[PROBLEMS]
  if (problems === undefined) {
    step()
    return
  }
  try {
    step()
  } catch (error) {
    problems.push(error)
  }
}
