/** The suite under node:test, in a child process: neither runner is named or required. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { RULES } from '../src/index.ts'

const FOLDER = join(import.meta.dirname, '../reference/node-test')

/** What node:test reports of a file, as TAP. */
function nodeTest(file: string): Promise<{ readonly code: number; readonly output: string }> {
  const args = ['--conditions=@micro/source', '--test', '--test-reporter=tap', join(FOLDER, file)]
  return new Promise((resolve) => {
    execFile(process.execPath, args, { timeout: 60_000, maxBuffer: 1e7 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    )
  })
}

describe('testExtension under node:test', () => {
  test('registers a test for each rule, and all are green for an extension without faults', async () => {
    const { code, output } = await nodeTest('right.ts')
    expect(code, output).toBe(0)
    const names = [...output.matchAll(/^ *ok \d+ - (P\d\d): /gm)].map(([, id]) => id)
    expect(names).toEqual(RULES.map(({ id }) => id))
    expect(output).toContain('P11 does not apply: it needs core alone')
  }, 60_000)

  test('a failure says rule, what was seen, what was expected, and where the rule stands', async () => {
    const { code, output } = await nodeTest('wrong.ts')
    expect(code).toBe(1)
    const failed = [...output.matchAll(/^ *not ok \d+ - (P\d\d): /gm)].map(([, id]) => id)
    expect(failed).toEqual(['P25'])
    expect(output).toMatch(
      /P25: its errors carry its code prefix, and its bugs its name\n +seen: +the code is MICRO_OTHER_NOBODY\n +expected: MICRO_REFERENCE_…\n +rule: +npx micro-compat explain P25, or docs\/extensions\/protocol\.md#p25/,
    )
  }, 60_000)
})
