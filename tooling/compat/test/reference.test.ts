/** Mutation: the suite passes the reference extension as it is, and turns red for each of its faults. */
import { afterEach, describe, expect, test } from 'vitest'
import { BAD_MODULES } from '../broken/bad-modules.ts'
import { FAULTS, type Fault, SURVIVORS } from '../reference/faults.ts'
import { left } from '../reference/reference.ts'
import { referenceSubject } from '../reference/subject.ts'
import { checkExtension, RULES } from '../src/index.ts'

/** What faults leave behind on purpose. */
afterEach(() => {
  for (const child of left.children.splice(0)) {
    child.kill('SIGKILL')
  }
  for (const undo of left.undo.splice(0).reverse()) {
    undo()
  }
  process.removeAllListeners('SIGUSR2')
  for (const listener of process.listeners('warning')) {
    if (String(listener) === '() => void 0' || String(listener) === '() => undefined') {
      process.off('warning', listener)
    }
  }
  delete (globalThis as { referenceWasHere?: boolean }).referenceWasHere
})

describe('the reference extension', () => {
  test('passes as it is', async () => {
    const reports = await checkExtension(referenceSubject())
    const red = reports.filter(({ outcome }) => outcome.verdict === 'failed').map(({ id, outcome }) => `${id}: ${JSON.stringify(outcome)}`)
    expect(red).toEqual([])
  }, 30_000)

  test.each(Object.entries(FAULTS) as [Fault, readonly string[]][])(
    '«%s» turns %s red',
    async (fault, rules) => {
      // What a fault costs is measured, and lies near the limit for some: P28 is asked where the fault is to turn it red.
      const asked = RULES.filter(({ id }) => id !== 'P28' || rules.includes(id))
      const reports = await checkExtension(referenceSubject(fault), asked)
      const failures = reports.filter(({ outcome }) => outcome.verdict === 'failed')
      expect(
        failures.map(({ id }) => id),
        JSON.stringify(failures),
      ).toEqual([...rules])
    },
    30_000,
  )

  test.each(Object.keys(SURVIVORS) as Fault[])(
    '«%s» is not seen',
    async (fault) => {
      const reports = await checkExtension(
        referenceSubject(fault),
        RULES.filter(({ id }) => id !== 'P28'),
      )
      expect(reports.filter(({ outcome }) => outcome.verdict === 'failed')).toEqual([])
    },
    30_000,
  )

  test('at least forty faults are seen, and 95 of 100', () => {
    const [seen, unseen] = [Object.keys(FAULTS).length, Object.keys(SURVIVORS).length]
    expect(seen).toBeGreaterThanOrEqual(40)
    expect(seen / (seen + unseen)).toBeGreaterThanOrEqual(0.95)
  })

  test('every rule is red for some fault, of an extension or of a module', () => {
    const red = new Set([...Object.values(FAULTS).flat(), ...Object.values(BAD_MODULES).flatMap((module) => Object.keys(module.red))])
    expect(RULES.map(({ id }) => id).filter((id) => !red.has(id))).toEqual([])
  })
})
