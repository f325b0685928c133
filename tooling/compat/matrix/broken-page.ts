/** The page of what is broken on purpose: every fault with every rule that turns red for it. */
import { BAD_MODULES } from '../broken/bad-modules.ts'
import { FAULTS, SURVIVORS, UNSEEN } from '../reference/faults.ts'
import { CORE_TWINS } from '../twins/core-twins.ts'

/** The page. */
export function brokenPage(): string {
  const killed = Object.keys(FAULTS).length
  const all = killed + Object.keys(SURVIVORS).length
  const rows = (pairs: readonly (readonly [string, readonly string[]])[]): readonly string[] =>
    pairs.map(([what, rules]) => `| ${what} | ${rules.map((rule) => `[${rule}](protocol.md#${rule.toLowerCase()})`).join(' ')} |`)
  return [
    '<!-- Made from the tables in tooling/compat by tooling/compat/matrix/write-pages.ts: change those instead. -->',
    '# Broken on purpose',
    '',
    'A rule counts once it has been seen red. The [suite](proving.md) is run on extensions that are broken on purpose, and on',
    'copies of core with one line broken; what turns red is compared as a whole. A fault that turns nothing red fails the',
    "suite's own tests, and so does one that turns more red than is written here.",
    '',
    '## Faults of an extension',
    '',
    `The reference extension does a little of everything, rightly. It commits ${all} faults, one at a time; ${killed} are seen`,
    `(${Math.floor((killed / all) * 100)} %).`,
    '',
    '| fault | rules that turn red |',
    '|---|---|',
    ...rows(Object.entries(FAULTS)),
    '',
    'These are not seen:',
    '',
    '| fault | why |',
    '|---|---|',
    ...Object.entries(SURVIVORS).map(([fault, why]) => `| ${fault} | ${why} |`),
    '',
    'Nor are these, which it does not commit:',
    '',
    '| fault | why |',
    '|---|---|',
    ...Object.entries(UNSEEN).map(([fault, why]) => `| ${fault} | ${why} |`),
    '',
    '## Faults of a module',
    '',
    '| fault | rules that turn red |',
    '|---|---|',
    ...rows(Object.values(BAD_MODULES).map(({ what, red }) => [what, Object.keys(red)])),
    '',
    '## Core with a line broken',
    '',
    '| what is broken | rules that turn red |',
    '|---|---|',
    ...rows(CORE_TWINS.map(({ what, rule, also = [] }) => [what, [rule, ...also]])),
    '',
  ].join('\n')
}
