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
  /** Versions that are run on the next core. */
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

/** The rule that says what deprecated things an extension uses: a core that deprecates breaks nothing. */
const DEPRECATION = 'P26'

/** Rules that the baseline kept and the candidate does not: those alone are the candidate's doing. What it deprecates still works. */
export function regressions(baseline: Verdicts, candidate: Verdicts): readonly string[] {
  return Object.entries(baseline).flatMap(([rule, verdict]) =>
    verdict === 'passed' && candidate[rule] !== 'passed' && rule !== DEPRECATION ? [rule] : [],
  )
}

/** What a core has deprecated and the extension uses, in words; undefined if nothing. */
export function deprecationsIn(verdicts: Verdicts): string | undefined {
  return /^failed: (.*)$/s.exec(verdicts[DEPRECATION] ?? '')?.[1]
}

/** One artefact of an extension, and how its rules ended with each core. */
export interface Row {
  readonly extension: string
  readonly cells: { readonly [core: string]: Verdicts }
}

/** The matrix of extensions and cores, and what failed with the core that an extension was made for. */
export function matrixLines(rows: readonly Row[], cores: readonly string[]): readonly string[] {
  const width = Math.max(...rows.map(({ extension }) => extension.length), 'extension'.length) + 2
  const cell = (verdicts: Verdicts | undefined): string => {
    const count = (verdict: string): number => Object.values(verdicts ?? {}).filter((one) => one.startsWith(verdict)).length
    return verdicts === undefined ? '–' : `${count('passed')} passed, ${count('failed')} failed, ${count('does not apply')} n/a`
  }
  const line = (first: string, cells: readonly string[]): string =>
    [first.padEnd(width), ...cells.map((text) => text.padEnd(28))].join('').trimEnd()
  const sorted = rows.toSorted((one, other) => (one.extension < other.extension ? -1 : 1))
  return [
    line(
      'extension',
      cores.map((core) => (/^\d/.test(core) ? `core ${core}` : core)),
    ),
    ...sorted.map(({ extension, cells }) =>
      line(
        extension,
        cores.map((core) => cell(cells[core])),
      ),
    ),
    ...sorted.flatMap(({ extension, cells }) =>
      Object.entries(Object.values(cells)[0] ?? {})
        .filter(([, verdict]) => verdict.startsWith('failed'))
        .map(([rule, verdict]) => `${extension} failed with its own core already: ${rule} ${verdict}`),
    ),
  ]
}

/** The page of the list. */
export function approvedPage(list: readonly Approved[]): string {
  return [
    '<!-- Made from tooling/compat/approved.json by tooling/compat/matrix/write-pages.ts: change the file instead. -->',
    '# Approved extensions',
    '',
    'Each of these is checked against every core before that core is released: as its published artefact, by the whole',
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
