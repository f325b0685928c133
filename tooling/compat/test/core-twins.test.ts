/** Broken on purpose: core with one line broken turns the test of that line's rule red; core as it is turns none red. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { CORE_TWINS } from '../twins/core-twins.ts'
import type { TwinReport } from '../twins/run-twins.ts'

const script = join(import.meta.dirname, '../twins/run-twins.ts')
const core = join(import.meta.dirname, '../../../packages/core')
const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, core], { timeout: 60_000 })
const [sound, ...twins] = JSON.parse(stdout.trim().split('\n').at(-1) as string) as readonly TwinReport[]

/** Every rule that the protocol says core keeps. */
const KEPT_BY_CORE = ['P05', 'P07', 'P08', 'P10', 'P12', 'P14', 'P18', 'P19', 'P20', 'P23', 'P24', 'P26']

describe('core', () => {
  test('keeps every rule as it is', () => {
    expect(sound, stderr).toEqual({ what: 'core as it is', red: [] })
  })

  test('has a twin for each rule that it keeps', () => {
    expect([...new Set(CORE_TWINS.map(({ rule }) => rule))].sort()).toEqual(KEPT_BY_CORE)
  })

  test.each(CORE_TWINS.map((twin, index) => [twin.rule, twin.what, twin, twins[index]] as const))(
    '%s turns red where %s',
    (_rule, what, twin, report) => {
      expect(report).toEqual({ what, red: [twin.rule, ...(twin.also ?? [])].sort() })
    },
  )
})
