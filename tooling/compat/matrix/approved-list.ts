/** The list of approved extensions, and what two runs of it come to. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One approved extension. Paths are from the repository's top folder. */
export interface Approved {
  readonly name: string
  /** Folder that its artefact is packed from, for those that are developed here. */
  readonly from: string
  readonly does: string
  readonly by: string
  /** Versions that are held against the next core. */
  readonly versions: readonly string[]
  /** Module whose default export is the subject of the suite. */
  readonly subject: string
  /** Further files that the subject needs beside it. */
  readonly files: readonly string[]
  /** Further packages that the subject needs. */
  readonly with: readonly string[]
}

/** How each rule ended, by id. */
export type Verdicts = { readonly [rule: string]: string }

/** Reads the list. */
export function readApproved(): readonly Approved[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../approved.json'), 'utf8')) as readonly Approved[]
}

/** Rules that the baseline kept and the candidate does not: those alone are the candidate's doing. */
export function regressions(baseline: Verdicts, candidate: Verdicts): readonly string[] {
  return Object.entries(baseline).flatMap(([rule, verdict]) => (verdict === 'passed' && candidate[rule] !== 'passed' ? [rule] : []))
}

/** The page of the list. */
export function approvedPage(list: readonly Approved[]): string {
  return [
    '<!-- Made from tooling/compat/approved.json by tooling/compat/matrix/write-approved-page.ts: change the file instead. -->',
    '# Approved extensions',
    '',
    'Each of these is held against every core before that core is released: as its published artefact, by the whole',
    '[compatibility suite](proving.md). What it kept with the core before, it keeps with the next one. See',
    '[what approval promises](submitting.md#what-approval-promises).',
    '',
    '| extension | versions | by | what it does |',
    '|---|---|---|---|',
    ...list.map(
      ({ name, versions, by, does, from }) => `| [\`${name}\`](../../${from}/package.json) | ${versions.join(', ')} | ${by} | ${does} |`,
    ),
    '',
  ].join('\n')
}
