import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { failed, type Outcome, type RuleReport } from '../rule.ts'
import { RULES } from '../rules.ts'
import { messageOf } from '../trial.ts'
import type { PackageRule, PackageUnderTest } from './package-rule.ts'
import { PACKAGE_RULES } from './package-rules.ts'
import type { RulesFile } from './run-rules.ts'

const RUNNER = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './run-rules.ts' : './run-rules.js', import.meta.url))
const PAGE = 'docs/extensions/proving.md#the-package'

/** What is asked before any rule. */
export const SUBJECT_RULE: Pick<RuleReport, 'id' | 'title'> = { id: 'subject', title: 'it says how it is to be proven' }

/** How a package is checked. */
export interface CheckOptions {
  /** One rule may be silent for so long: then it has no end. Ten seconds unless said otherwise. */
  readonly silenceMs?: number
  /** Path of the module that has the subject; the package's own says it otherwise. */
  readonly subject?: string
}

/** Holds a package against the rules of its extension and against those for packages. */
export async function checkPackage(
  subject: PackageUnderTest,
  { silenceMs = 10_000, subject: path }: CheckOptions = {},
): Promise<readonly RuleReport[]> {
  return [...(await checkRules(subject, silenceMs, path)), ...(await checkPackageRules(subject))]
}

/** Holds a package against rules for packages; all of them unless some are named. */
export async function checkPackageRules(
  subject: PackageUnderTest,
  rules: readonly PackageRule[] = PACKAGE_RULES,
): Promise<readonly RuleReport[]> {
  const reports: RuleReport[] = []
  for (const rule of rules) {
    const start = performance.now()
    const outcome: Outcome = await Promise.resolve()
      .then(() => rule.check(subject))
      .catch((error: unknown) => failed(messageOf(error), 'a package that can be checked'))
    reports.push({ id: rule.id, title: rule.title, outcome, page: PAGE, ms: performance.now() - start })
  }
  return reports
}

/** Holds the extension of a package against the protocol, in a process of its own. */
export async function checkRules(
  { folder, manifest }: PackageUnderTest,
  silenceMs: number,
  given?: string,
): Promise<readonly RuleReport[]> {
  const named = manifest.micro?.compat
  const names = named === undefined ? ['micro-compat.ts', 'micro-compat.js', 'micro-compat.mjs'] : [named]
  const path = [...(given === undefined ? [] : [given]), ...names.map((name) => join(folder, name))].find((candidate) =>
    existsSync(candidate),
  )
  const problem = (seen: string, expected: string): readonly RuleReport[] => [
    { ...SUBJECT_RULE, outcome: failed(seen, expected), page: PAGE, ms: 0 },
  ]
  if (path === undefined) {
    return problem(`there is no ${names.join(', ')}`, 'a module whose default export is the subject of the suite')
  }
  const result = await ruleReports(pathToFileURL(path).href, folder, silenceMs)
  if (result.problem !== undefined) {
    return problem(`${relative(folder, path)}: ${result.problem}`, 'a module whose default export is the subject of the suite')
  }
  const rule = RULES[result.reports.length]
  return result.isComplete || rule === undefined
    ? result.reports
    : [
        ...result.reports,
        ...RULES.slice(result.reports.length).map(({ id, title }) => ({
          id,
          title,
          outcome: failed(
            id === rule.id ? `it kept the process busy for ${silenceMs / 1000} s, or ended it` : `not asked: ${rule.id} did not end`,
            'an end',
          ),
          page: PAGE,
          ms: 0,
        })),
      ]
}

/** Runs the rules in a child, which is ended when it says nothing for too long. */
async function ruleReports(url: string, cwd: string, silenceMs: number): Promise<RulesFile> {
  const place = mkdtempSync(join(tmpdir(), 'micro-rules-'))
  const file = join(place, 'rules.json')
  const source = import.meta.url.endsWith('.ts') ? ['--conditions=@micro/source'] : []
  const child = spawn(process.execPath, [...source, RUNNER, url, file], { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
  let before = ''
  let since = performance.now()
  const watch = setInterval(() => {
    const now = existsSync(file) ? readFileSync(file, 'utf8') : ''
    if (now !== before) {
      before = now
      since = performance.now()
    } else if (performance.now() - since > silenceMs) {
      child.kill('SIGKILL')
    }
  }, 100)
  try {
    await new Promise((resolve) => child.once('close', resolve))
    return existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8')) as RulesFile)
      : { problem: 'it ended the process, or never came to an end', reports: [], isComplete: true }
  } finally {
    clearInterval(watch)
    rmSync(place, { recursive: true, force: true })
  }
}
