import { type Answer, askForAnswer, differences, extraHeaders } from './answer.ts'
import type { Load } from './load.ts'
import { pairedRatio, type RoundOptions, type Side, type SideCost } from './paired-ratio.ts'
import { type Scenario, targetOf } from './scenario.ts'
import { ServerProcess } from './server-process.ts'
import type { Spread } from './spread.ts'
import { compiled, type NodeBinary } from './workspace.ts'

/** What one contestant came to in one scenario. */
export interface ScenarioResult {
  readonly scenario: string
  readonly contestant: string
  /** The program it is compared with. */
  readonly baseline: string
  /** Version of Node. */
  readonly node: string
  /** CPU time per request of the baseline over that of the contestant. */
  readonly ratio: Spread
  readonly cost: SideCost
  readonly baselineCost: SideCost
  readonly target: number | undefined
  /** Names of the headers that the contestant sends beyond the common ones. */
  readonly headers: readonly string[]
}

/**
 * Starts both servers, sees that they answer the same, and measures them.
 * @throws Error if one does not start, the answers differ, or one fails under load.
 */
export async function measureScenario(
  scenario: Scenario,
  contestant: string,
  node: NodeBinary,
  load: Load,
  options: RoundOptions,
): Promise<ScenarioResult> {
  const program = scenario.contestants[contestant]
  if (program === undefined) {
    throw new Error(`scenario '${scenario.name}' has no contestant '${contestant}'`)
  }
  const servers: ServerProcess[] = []
  try {
    for (const module of [scenario.baseline, program]) {
      servers.push(await ServerProcess.start({ node: node.path, program: compiled(module), request: scenario.request }))
    }
    const [one, two] = servers
    if (one === undefined || two === undefined) {
      throw new Error('two servers are needed')
    }
    const baseline = await sideOf(one, scenario)
    const other = await sideOf(two, scenario)
    checkAnswers(scenario, contestant, baseline.answer, other.answer)
    const paired = await pairedRatio(load, baseline, other, options)
    return {
      scenario: scenario.name,
      contestant,
      baseline: scenario.baseline,
      node: node.version,
      ratio: paired.ratio,
      cost: paired.contestant,
      baselineCost: paired.baseline,
      target: contestant === 'micro' ? targetOf(scenario, node.version) : undefined,
      headers: extraHeaders(other.answer),
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

/** The request as this server is to be asked, and its answer to it. */
async function sideOf(server: ServerProcess, scenario: Scenario): Promise<Side & { readonly answer: Answer }> {
  let request = scenario.request
  if (scenario.cookie) {
    const first = await askForAnswer(server.port, request)
    const cookies = [first.headers['set-cookie'] ?? []].flat().map((cookie) => cookie.split(';', 1)[0] ?? '')
    if (cookies.length === 0) {
      throw new Error(`scenario '${scenario.name}': the first answer sets no cookie`)
    }
    request = { ...request, headers: { ...request.headers, cookie: cookies.join('; ') } }
  }
  const answer = await askForAnswer(server.port, request)
  if (scenario.cookie && answer.headers['set-cookie'] === undefined) {
    throw new Error(`scenario '${scenario.name}': the session is not written again`)
  }
  return { server, answer, target: { port: server.port, request, status: scenario.status } }
}

function checkAnswers(scenario: Scenario, contestant: string, expected: Answer, actual: Answer): void {
  const problems = differences(expected, actual)
  if (expected.status !== scenario.status) {
    problems.push(`${scenario.baseline} answers ${expected.status} where ${scenario.status} is expected`)
  }
  if (expected.body.length === 0) {
    problems.push(`${scenario.baseline} answers nothing`)
  }
  if (problems.length > 0) {
    throw new Error(`'${contestant}' does not answer as ${scenario.baseline} does: ${problems.join('; ')}`)
  }
}
