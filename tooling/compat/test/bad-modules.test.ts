/** Broken on purpose, as modules: what the rules about imports and types must find. */
import type { Context } from '@micro/core'
import { describe, expect, test } from 'vitest'
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

const CASES: readonly (readonly [what: string, subject: Subject, red: { readonly [rule: string]: RegExp }])[] = [
  [
    'imports another extension',
    subject(sibling, 'imports-sibling/index.ts'),
    { P11: /^it imports @micro\/forms at run time$/, P22: /^its import loads @micro\/forms$/ },
  ],
  [
    'has members without a name',
    subject(nameless, 'nameless-types/index.ts'),
    { P30: /^no exported interface of 'nameless' extends Extension/ },
  ],
  [
    'does things when it is imported',
    subject(nameless, 'busy-import/index.ts'),
    { P01: /reads MICRO_BUSY__URL of the environment.*calls setInterval\(\).*opens a handle/, P30: /no exported interface/ },
  ],
  [
    'throws at import',
    subject(nameless, 'throws-at-import/index.ts'),
    { P01: /not today/, P22: /not today/, P30: /no exported interface/ },
  ],
]

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
