/** The reference page of the command line: the help texts, as the commands print them. */

import { micro } from '../../../../packages/core/src/app/micro.ts'
import { OWN_COMMANDS } from '../../../../packages/core/src/cli/cli-commands.ts'
import { printHelp } from '../../../../packages/core/src/cli/cli-help.ts'
import { type CliOptions, runCli } from '../../../../packages/core/src/cli.ts'
import { declarationsOf } from '../declarations.ts'
import { read } from '../workspace.ts'
import { MADE } from './made.ts'
import { officialApp } from './official-app.ts'

const CLI = 'packages/core/src/cli.ts'

/** Every command of core and of the official extensions with its help text. */
export async function commandLinePage(): Promise<string> {
  const own = [section('micro', await printed(['--help'], { app: micro({ dirname: undefined } as unknown as ImportMeta, { env: {} }) }))]
  for (const name of Object.keys(OWN_COMMANDS)) {
    own.push(section(`micro ${name}`, await printed([name, '--help'])))
  }
  const { list } = officialApp()['~registry'].commands
  const contributed = list.map(({ name, options }) => {
    const lines: string[] = []
    printHelp(name, options, { print: (line) => lines.push(line), complain: () => undefined })
    return section(`micro ${name}`, lines)
  })
  return `${MADE}
# Commands

How they find the app, and how an app adds its own: [command line](../guide/command-line.md). Exit codes: ${exitCodes()}

${own.join('\n')}
## Of extensions

An extension's commands stand under its name: installed with \`.as('stats')\`, \`micro db migrate\` is \`micro stats migrate\`.

${contributed.join('\n')}`
}

/** What a command line prints. */
async function printed(args: readonly string[], options: CliOptions = {}): Promise<readonly string[]> {
  const lines: string[] = []
  const code = await runCli(args, { ...options, output: { print: (line) => lines.push(line), complain: (line) => lines.push(line) } })
  if (code !== 0) {
    throw new Error(`micro ${args.join(' ')} ends with ${code}: ${lines.join('\n')}`)
  }
  return lines
}

function section(title: string, lines: readonly string[]): string {
  return `### ${title}\n\n\`\`\`\n${lines
    .flatMap((line) => line.split('\n'))
    .map((line) => line.trimEnd())
    .join('\n')
    .trim()}\n\`\`\`\n`
}

/** What the docstring of \`runCli\` says of them. */
function exitCodes(): string {
  const doc = declarationsOf(read(CLI)).find(({ name }) => name === 'runCli')?.doc ?? ''
  const codes = /Returns the exit code: (.*)$/.exec(doc)?.[1]
  if (codes === undefined) {
    throw new Error(`${CLI}: the docstring of runCli does not say "Returns the exit code: …".`)
  }
  return codes
}
