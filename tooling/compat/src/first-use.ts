/** The first use of an extension in this process: whether it keeps its app waiting, and what it answers before anything can have remained. */
import type { Subject } from './subject.ts'
import { causesOf, messageOf, type Trial, tryOut } from './trial.ts'

/** Longest that a start, an exercise or a stop may take in a trial: somewhat longer than core waits for one hook. */
const PATIENCE_MS = 5000

/** What came of it. */
export interface FirstUse {
  /** What the subject hangs in, in words; undefined if in nothing. What fails is no hang. */
  readonly hang?: string
  /** What its exercise answered, in the order of `configurationsOf`; undefined where it did not. */
  readonly answers: readonly (string | undefined)[]
}

const uses = new WeakMap<Subject, Promise<FirstUse>>()

/** Uses a subject, once: no rule finds the extension as fresh again. */
export function firstUse(subject: Subject): Promise<FirstUse> {
  const asked = uses.get(subject) ?? use(subject)
  uses.set(subject, asked)
  return asked
}

/** A configuration of the subject's namespace. */
type Configuration = NonNullable<Subject['config']>

/** The two configurations of a subject. */
export function configurationsOf({ config = {}, otherConfig = config }: Subject): readonly [one: Configuration, other: Configuration] {
  return [config, otherConfig]
}

async function use(subject: Subject): Promise<FirstUse> {
  const answers: (string | undefined)[] = []
  // The second comes first: it is given to differ, so it is what something that was kept would show in.
  for (const config of [...configurationsOf(subject)].reverse()) {
    const trial = await tryOut(subject, { config }).catch(() => undefined)
    const { hang, answer }: TrialUse = trial === undefined ? {} : await useOf(trial)
    answers.unshift(answer)
    if (hang !== undefined) {
      return { hang, answers: [] }
    }
  }
  return { answers }
}

/** What came of one trial. */
interface TrialUse {
  readonly hang?: string
  readonly answer?: string
}

async function useOf(trial: Trial): Promise<TrialUse> {
  let answer: string | undefined
  const steps: readonly (readonly [name: string, run: () => Promise<unknown>])[] = [
    ['its start', () => trial.app.start()],
    [
      'its exercise',
      async () => {
        answer = await (await trial.client.get('/exercise')).text()
      },
    ],
    ['its stop', () => trial.end()],
  ]
  for (const [name, run] of steps) {
    const hang = await inTime(name, run)
    if (hang !== undefined) {
      // Nobody waits for what is left of the trial.
      void trial.end().catch(() => undefined)
      return { hang }
    }
  }
  return answer === undefined ? {} : { answer }
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
