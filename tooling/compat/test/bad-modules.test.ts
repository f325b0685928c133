/** Broken on purpose, as modules: what the rules about imports and types must find. */
import type { Context } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { BAD_MODULES, type BadModule } from '../broken/bad-modules.ts'
import { sibling } from '../broken/imports-sibling/index.ts'
import { nameless } from '../broken/nameless-types/index.ts'
import { checkExtension, RULES, type Subject } from '../src/index.ts'

const at = (file: string): string => new URL(`../broken/${file}`, import.meta.url).href

const subject = (create: Subject['create'], file: string): Subject => ({
  create,
  module: at(file),
  misconfigure: [],
  exercise: (ctx) => (ctx as Context & { readonly [name: string]: { readonly name: string } })[create().name]?.name,
  misuse: () => {
    throw new Error('no code')
  },
})

/** Rules that are asked: errors and costs are others' business. */
const ASKED = RULES.filter(({ id }) => !['P25', 'P28'].includes(id))

const CREATE: { readonly [folder in BadModule]: Subject['create'] } = {
  'imports-sibling': sibling,
  'nameless-types': nameless,
  'busy-import': nameless,
  'throws-at-import': nameless,
}

const CASES = (Object.keys(BAD_MODULES) as BadModule[]).map((folder) => {
  const { what, red }: { readonly what: string; readonly red: { readonly [rule: string]: RegExp } } = BAD_MODULES[folder]
  return [what, subject(CREATE[folder], `${folder}/index.ts`), red] as const
})

describe('a module that', { timeout: 20_000 }, () => {
  test.each(CASES)('%s', async (_what, under, red) => {
    const reports = await checkExtension(under, ASKED)
    const failures = Object.fromEntries(
      reports.flatMap(({ id, outcome }) => (outcome.verdict === 'failed' ? [[id, outcome.seen] as const] : [])),
    )
    expect(Object.keys(failures)).toEqual(Object.keys(red))
    for (const [id, seen] of Object.entries(red)) {
      expect(failures[id]).toMatch(seen)
    }
  })
})
