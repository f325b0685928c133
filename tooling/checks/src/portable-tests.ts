/**
 * The tests of the packages on another runtime than Node, and the list of those that cannot pass there. The list may only shrink: what
 * is on it must fail, and what is not on it must pass.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FileOutcome } from '../../runtimes/src/outcome-reporter.ts'
import { run } from './command.ts'
import { ROOT, read } from './workspace.ts'

const LIST = 'tooling/runtimes/not-portable.json'

/** What runs: everything that the packages and the examples promise, and the ways into an app. */
const TESTS: readonly string[] = [
  'packages/',
  'examples/hello/',
  'examples/links/',
  'examples/notes/test/notes.test.ts',
  'tooling/runtimes/',
]

const RUN_MS = 240_000

/** Why a test file, or some tests of it, cannot pass on a runtime. */
interface NotPortable {
  readonly reason: string
  /** Full names of the tests; the file as a whole if there are none. */
  readonly tests?: readonly string[]
  /** Names of tests that fail on some runs and pass on others: neither is held against them. One that ends with `*` is the beginning of names. */
  readonly unsteady?: readonly string[]
}

/** A runtime that runs vitest. */
export interface TestRuntime {
  readonly name: 'bun' | 'deno'
  /** The program, and what stands before the path of vitest. */
  readonly command: readonly [string, ...string[]]
}

/** Runs the tests on a runtime. Resolves with what to say. @throws Error with what differs from the list. */
export async function runPortableTests(runtime: TestRuntime, directory: string): Promise<string> {
  const list = (JSON.parse(read(LIST)) as { readonly [name: string]: { readonly [file: string]: NotPortable } })[runtime.name] ?? {}
  const outcomes = await runTests(runtime, join(directory, `${runtime.name}.json`))
  const problems = [
    ...outcomes.flatMap((outcome) => judge(outcome, list[outcome.file], runtime.name)),
    ...Object.keys(list).flatMap((file) => (existsSync(join(ROOT, file)) ? [] : [`${LIST}: there is no ${file} any more: take it off.`])),
  ]
  if (problems.length > 0) {
    throw new Error(`${problems.join('\n')}\nWhat fails is mended; ${LIST} is for what a runtime cannot do.`)
  }
  const tests = outcomes.flatMap((outcome) => Object.values(outcome.tests))
  const count = (state: string) => tests.filter((test) => test.state === state).length
  return `${count('passed')} tests pass, ${count('skipped')} are skipped; ${count('failed')} are known not to be portable`
}

function judge({ file, tests }: FileOutcome, entry: NotPortable | undefined, runtime: string): readonly string[] {
  const names = Object.keys(tests)
  const failed = names.filter((name) => tests[name]?.state === 'failed')
  if (entry !== undefined && entry.tests === undefined && entry.unsteady === undefined) {
    return failed.length > 0 ? [] : [`${file} passes on ${runtime}: take it off ${LIST}.`]
  }
  const listed = entry?.tests ?? []
  const broken = failed.filter((name) => !listed.includes(name) && !isAmong(name, entry?.unsteady))
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

async function runTests({ name, command }: TestRuntime, outcome: string): Promise<readonly FileOutcome[]> {
  const [program, ...first] = command
  const args = [...first, 'node_modules/vitest/vitest.mjs', 'run', '--reporter=./tooling/runtimes/src/outcome-reporter.ts', ...TESTS]
  const env = { ...process.env, MICRO_TEST_RUNTIME: name, MICRO_TEST_OUTCOME: outcome }
  // vitest ends with 1 where a test fails: which ones may is for the list to say.
  await run(program, args, { cwd: ROOT, env, timeoutMs: RUN_MS, accept: [1], alone: true })
  return JSON.parse(readFileSync(outcome, 'utf8')) as FileOutcome[]
}
