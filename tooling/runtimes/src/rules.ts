/**
 * Holds the official extensions against the protocol on whatever runtime this runs on, and the reference extension with each of its
 * faults: a runtime on which the suite sees nothing would pass anything. Prints what came out as JSON.
 */
import { FAULTS, type Fault } from '../../compat/reference/faults.ts'
import { left } from '../../compat/reference/reference.ts'
import { referenceSubject } from '../../compat/reference/subject.ts'
import { checkExtension, RULES } from '../../compat/src/index.ts'
import { OFFICIAL } from '../../compat/test/official.ts'

/** What came out. */
export interface RulesOutcome {
  readonly extensions: readonly {
    readonly name: string
    readonly passed: number
    /** Rule and what was seen. */
    readonly failed: readonly string[]
    /** Rules that apply, but were said not to. */
    readonly unasked: readonly string[]
  }[]
  readonly faults: number
  /** Faults that turned no rule red. */
  readonly survivors: readonly Fault[]
}

/** It waits for time-outs, which are the same everywhere. */
const SLOW: ReadonlySet<Fault> = new Set(['start hangs', 'its use hangs', 'stop hangs'])

/** What it costs is measured on Node alone: here a run takes its turns with others. */
const ASKED = RULES.filter(({ id }) => id !== 'P28')

const extensions: RulesOutcome['extensions'][number][] = []
for (const { name, subject, inapplicable } of OFFICIAL) {
  const reports = await checkExtension(subject, ASKED)
  extensions.push({
    name,
    passed: reports.filter(({ outcome }) => outcome.verdict === 'passed').length,
    failed: reports.flatMap(({ id, outcome }) => (outcome.verdict === 'failed' ? [`${id}: ${outcome.seen}`] : [])),
    unasked: reports.flatMap(({ id, outcome }) => (outcome.verdict === 'does not apply' && !inapplicable.includes(id) ? [id] : [])),
  })
}

const survivors: Fault[] = []
const faults = (Object.entries(FAULTS) as [Fault, readonly string[]][]).filter(([fault, rules]) => !SLOW.has(fault) && rules[0] !== 'P28')
// What faults print is not for the reader of this.
const { log } = console
console.log = () => undefined
for (const [fault, rules] of faults) {
  const asked = ASKED.filter(({ id }) => rules.some((rule) => rule === id))
  const reports = await checkExtension(referenceSubject(fault), asked)
  if (reports.every(({ outcome }) => outcome.verdict !== 'failed')) {
    survivors.push(fault)
  }
  for (const undo of [...left.children.splice(0).map((child) => () => child.kill('SIGKILL')), ...left.undo.splice(0).reverse()]) {
    undo()
  }
  process.removeAllListeners('SIGUSR2').removeAllListeners('warning')
  delete (globalThis as { referenceWasHere?: boolean }).referenceWasHere
}
console.log = log
const outcome: RulesOutcome = { extensions, faults: faults.length, survivors }
process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit(0))
