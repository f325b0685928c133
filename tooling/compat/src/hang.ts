/** Whether an extension keeps its app waiting: found once, so that not every rule waits for it. */
import type { Subject } from './subject.ts'
import { causesOf, messageOf, tryOut } from './trial.ts'

/** Longest that a start, an exercise or a stop may take in a trial: somewhat longer than core waits for one hook. */
const PATIENCE_MS = 5000

const answers = new WeakMap<Subject, Promise<string | undefined>>()

/** What the subject hangs in, in words; undefined if in nothing. What fails is no hang. */
export function hangOf(subject: Subject): Promise<string | undefined> {
  const asked = answers.get(subject) ?? find(subject)
  answers.set(subject, asked)
  return asked
}

async function find(subject: Subject): Promise<string | undefined> {
  const trial = await tryOut(subject).catch(() => undefined)
  if (trial === undefined) {
    return undefined
  }
  const steps: readonly (readonly [name: string, run: () => Promise<unknown>])[] = [
    ['its start', () => trial.app.start()],
    ['its exercise', async () => (await trial.client.get('/exercise')).text()],
    ['its stop', () => trial.end()],
  ]
  for (const [name, run] of steps) {
    const seen = await inTime(name, run)
    if (seen !== undefined) {
      // Nobody waits for what is left of the trial.
      void trial.end().catch(() => undefined)
      return seen
    }
  }
  return undefined
}

async function inTime(name: string, run: () => Promise<unknown>): Promise<string | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`${name} had not ended after ${PATIENCE_MS / 1000} s`), PATIENCE_MS)
  })
  const done = run().then(
    () => undefined,
    (error: unknown) =>
      causesOf(error)
        .filter((cause) => /_TIMEOUT$/.test((cause as { code?: string }).code ?? ''))
        .map((cause) => `${name}: ${messageOf(cause)}`)[0],
  )
  try {
    return await Promise.race([done, late])
  } finally {
    clearTimeout(timer)
  }
}
