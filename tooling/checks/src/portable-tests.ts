/**
 * The tests of the packages on another runtime than Node, and the list of those that cannot pass there. The list may only shrink: what
 * is on it must fail, and what is not on it must pass.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FileOutcome } from '../../runtimes/src/outcome-reporter.ts'
import { run } from './command.ts'
import { files, ROOT, read } from './workspace.ts'

const LIST = 'tooling/runtimes/not-portable.json'

/** What runs: everything that the packages and the examples promise, and the ways into an app. */
const TESTS: readonly string[] = [
  'packages/',
  'examples/hello/',
  'examples/links/',
  'examples/notes/test/notes.test.ts',
  'tooling/runtimes/',
]

const RUN_MS = 480_000

/** Longest that a test may take which does not say so itself. */
const TEST_MS = 20_000

/** Why a test file, or some tests of it, cannot pass on a runtime. */
interface NotPortable {
  readonly reason: string
  /** Full names of the tests; the file as a whole if there are none. */
  readonly tests?: readonly string[]
  /** Names of tests that fail on some runs and pass on others: neither is held against them. One that ends with `*` is the beginning of names. */
  readonly unsteady?: readonly string[]
  /** It is not run at all: the runtime would not come to an end. */
  readonly isNotRun?: true
}

/** A runtime that runs vitest. */
export interface TestRuntime {
  readonly name: 'bun' | 'deno'
  /** The program, and what stands before the path of vitest. */
  readonly command: readonly [string, ...string[]]
  /** Each file gets a process of its own: what one leaves behind would keep the others from their end. */
  readonly isOneByOne?: true
}

/** Runs the tests on a runtime. Resolves with what to say. @throws Error with what differs from the list. */
export async function runPortableTests(runtime: TestRuntime, directory: string): Promise<string> {
  const list = (JSON.parse(read(LIST)) as { readonly [name: string]: { readonly [file: string]: NotPortable } })[runtime.name] ?? {}
  const excluded = Object.keys(list).filter((file) => list[file]?.isNotRun === true)
  const first = await runTests(runtime, join(directory, `${runtime.name}.json`), TESTS, excluded)
  // A busy machine makes some clocks run out: what fails is asked again, by itself.
  const suspects = first.filter((outcome) => brokenIn(outcome, list[outcome.file]).length > 0).map(({ file }) => file)
  const again = suspects.length === 0 ? [] : await runTests(runtime, join(directory, `${runtime.name}-again.json`), suspects, excluded)
  const outcomes = [...first.filter(({ file }) => !suspects.includes(file)), ...again]
  const problems = [
    ...outcomes.flatMap((outcome) => judge(outcome, list[outcome.file], runtime.name)),
    ...Object.keys(list).flatMap((file) => (existsSync(join(ROOT, file)) ? [] : [`${LIST}: there is no ${file} any more: take it off.`])),
  ]
  if (problems.length > 0) {
    throw new Error(`${problems.join('\n')}\nWhat fails is mended; ${LIST} is for what a runtime cannot do.`)
  }
  const tests = outcomes.flatMap((outcome) => Object.values(outcome.tests))
  const count = (state: string) => tests.filter((test) => test.state === state).length
  return `${count('passed')} tests pass, ${count('skipped')} are skipped; ${count('failed')} are known not to be portable${suspects.length === 0 ? '' : `; asked twice: ${suspects.join(', ')}`}`
}

/** Tests that fail, and are not on the list. */
function brokenIn({ tests }: FileOutcome, entry: NotPortable | undefined): readonly string[] {
  if (entry !== undefined && entry.tests === undefined && entry.unsteady === undefined) {
    return []
  }
  return Object.keys(tests).filter(
    (name) => tests[name]?.state === 'failed' && !entry?.tests?.includes(name) && !isAmong(name, entry?.unsteady),
  )
}

function judge(outcome: FileOutcome, entry: NotPortable | undefined, runtime: string): readonly string[] {
  const { file, tests } = outcome
  const names = Object.keys(tests)
  const failed = names.filter((name) => tests[name]?.state === 'failed')
  if (entry !== undefined && entry.tests === undefined && entry.unsteady === undefined) {
    return failed.length > 0 ? [] : [`${file} passes on ${runtime}: take it off ${LIST}.`]
  }
  const listed = entry?.tests ?? []
  const broken = brokenIn(outcome, entry)
  const first = broken[0] === undefined ? '' : `${broken[0]}: ${tests[broken[0]]?.error.split('\n')[0] || 'no message'}`
  return [
    ...(broken.length > 0 ? [`${file}: ${broken.length} of ${names.length} tests fail on ${runtime}, first ${first}`] : []),
    ...listed
      .filter((name) => tests[name]?.state !== 'failed' && tests[name]?.state !== 'skipped')
      .map(
        (name) => `${file} › ${name} ${tests[name] === undefined ? 'is no test any more' : `passes on ${runtime}`}: take it off ${LIST}.`,
      ),
  ]
}

function isAmong(name: string, patterns: readonly string[] = []): boolean {
  return patterns.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern))
}

/** How many processes run at once where each file has its own. */
const AT_ONCE = 2

async function runTests(
  runtime: TestRuntime,
  outcome: string,
  tests: readonly string[],
  excluded: readonly string[],
): Promise<readonly FileOutcome[]> {
  if (runtime.isOneByOne !== true) {
    return runBatch(runtime, outcome, [...excluded.map((file) => `--exclude=${file}`), ...tests])
  }
  const waiting = tests
    .flatMap((test) => (test.endsWith('.ts') ? [test] : files(`${test}**/test/**/*.test.ts`)))
    .filter((file) => !file.includes('node_modules') && !excluded.includes(file))
  const outcomes: FileOutcome[] = []
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, at) => {
      for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
        outcomes.push(...(await runBatch(runtime, `${outcome}.${at}`, [file])))
      }
    }),
  )
  return outcomes
}

async function runBatch({ name, command }: TestRuntime, outcome: string, tests: readonly string[]): Promise<readonly FileOutcome[]> {
  const [program, ...first] = command
  const options = ['--reporter=./tooling/runtimes/src/outcome-reporter.ts', `--testTimeout=${TEST_MS}`]
  const args = [...first, 'node_modules/vitest/vitest.mjs', 'run', ...options, ...tests]
  const env = { ...process.env, MICRO_TEST_RUNTIME: name, MICRO_TEST_OUTCOME: outcome }
  // vitest ends with 1 where a test fails: which ones may is for the list to say.
  await run(program, args, { cwd: ROOT, env, timeoutMs: RUN_MS, accept: [1], alone: true })
  return JSON.parse(readFileSync(outcome, 'utf8')) as FileOutcome[]
}
