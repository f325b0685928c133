import { costOf } from '../cost.ts'
import { declarationOf } from '../declaration.ts'
import { failed, inapplicable, passed, type Rule } from '../rule.ts'
import { definitionOf, tryOut, visit } from '../trial.ts'

/** P26 */
export const nothingDeprecated: Rule = {
  id: 'P26',
  title: 'it uses nothing that is deprecated',
  async check(subject) {
    const known = new Set(subject.deprecated)
    const trial = await tryOut(subject)
    for (const path of ['/exercise', '/misuse']) {
      await visit(trial, path)
    }
    await trial.end().catch(() => undefined)
    const met = trial.lines.flatMap(({ message, fields }) =>
      typeof fields.deprecated === 'string' ? [{ code: fields.deprecated, message }] : [],
    )
    const [first] = met.filter(({ code }) => !known.has(code))
    const codes = [...new Set(met.map(({ code }) => code))].join(', ')
    return first === undefined
      ? passed(codes === '' ? 'nothing deprecated was met' : `still, as the subject says: ${codes}`)
      : failed(
          `${first.code}: ${first.message}${met.length > 1 ? ` (met in all: ${codes})` : ''}`,
          'what its fix says, or its code among `deprecated`',
        )
  },
}

/** P28 */
export const cheap: Rule = {
  id: 'P28',
  title: 'what an unrelated request costs more with it installed is what it says',
  async check(subject) {
    const limit = subject.costPercent ?? 3
    const ratio = await costOf(subject, 1 + limit / 100)
    const percent = (ratio - 1) * 100
    return percent <= limit + NOISE_PERCENT
      ? passed(`${percent.toFixed(1)} % of its time (declared: at most ${limit} %; a short run, ± ${NOISE_PERCENT} %)`)
      : failed(`${percent.toFixed(1)} % of its time`, `at most ${limit} %`)
  },
}

/** Short runs on a shared machine lie around the truth by so much: what is further above the limit is beyond doubt. */
const NOISE_PERCENT = 5

interface Probe {
  readonly method: string
  readonly path: string
  readonly init: { readonly headers?: { readonly [name: string]: string }; readonly json?: unknown }
  readonly safe: boolean
}

const PROBES: readonly Probe[] = [
  { method: 'GET', path: '/hello', init: {}, safe: true },
  { method: 'GET', path: '/json', init: { headers: { accept: 'text/html', cookie: 'a=b' } }, safe: true },
  { method: 'HEAD', path: '/hello', init: {}, safe: true },
  { method: 'OPTIONS', path: '/hello', init: {}, safe: true },
  { method: 'GET', path: '/nowhere', init: {}, safe: true },
  { method: 'GET', path: '/fails', init: {}, safe: true },
  { method: 'POST', path: '/nowhere', init: { json: {} }, safe: true },
  { method: 'DELETE', path: '/hello', init: {}, safe: true },
  { method: 'POST', path: '/echo', init: { json: { a: [1, 'ü'] } }, safe: false },
  { method: 'POST', path: '/echo', init: { headers: { 'content-type': 'text/plain' }, json: {} }, safe: false },
  {
    method: 'POST',
    path: '/echo',
    init: { json: {}, headers: { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' } },
    safe: false,
  },
]

/** P29 */
export const leavesTheRest: Rule = {
  id: 'P29',
  title: 'everything else stays byte for byte as it was, but for its declared effects',
  async check(subject) {
    const { effects = [] } = definitionOf(subject.create())
    const without = await tryOut(subject, { without: true })
    const withIt = await tryOut(subject)
    const changed: string[] = []
    try {
      for (const { method, path, init, safe } of PROBES) {
        const [before, after] = [await snapshot(without, method, path, init), await snapshot(withIt, method, path, init)]
        if (before !== after) {
          if (safe || effects.length === 0) {
            return failed(
              `${method} ${path} answered ${after}, without it ${before}`,
              safe ? 'the same: safe methods and unmatched routes are never changed' : 'the same: it declares no effects',
            )
          }
          changed.push(`${method} ${path}`)
        }
      }
    } finally {
      await without.end()
      await withIt.end()
    }
    return passed(
      changed.length === 0
        ? `${PROBES.length} replies were the same`
        : `changed as declared (${effects.join('; ')}): ${changed.join(', ')}`,
    )
  },
}

async function snapshot(trial: Awaited<ReturnType<typeof tryOut>>, method: string, path: string, init: Probe['init']): Promise<string> {
  const reply = await trial.client.request(method, path, { ...init, redirects: false })
  return JSON.stringify([reply.status, [...reply.headers].sort(), await reply.text()])
}

/** P30 */
export const namedInterfaces: Rule = {
  id: 'P30',
  title: 'its public members are named exported interfaces',
  async check(subject) {
    if (subject.module === undefined) {
      return inapplicable('the module was not named')
    }
    const { name } = subject.create()
    const found = declarationOf(subject.module, name)
    return found.problems.length === 0
      ? passed(found.evidence)
      : failed(found.problems.join('; '), 'members that are interfaces exported by name, with docstrings')
  },
}
