/** The command `micro-compat`. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { checkPackage, SUBJECT_RULE } from './check/check-package.ts'
import { locate } from './check/locate.ts'
import { PACKAGE_RULES } from './check/package-rules.ts'
import { NameError } from './init/extension-name.ts'
import { writeSkeleton } from './init/skeleton.ts'
import { PROTOCOL } from './protocol.ts'
import { countsOf, inColumns, linesOf } from './report.ts'
import { RULES } from './rules.ts'
import { messageOf } from './trial.ts'

const USAGE: readonly string[] = [
  'Usage: micro-compat <command> [options]',
  '',
  '  check [package, folder or tarball]   checks an extension and its package against the protocol;',
  '                                       the package in this folder where none is named',
  '  init <name>                          makes a new extension, which passes',
  '  explain [rule]                       says what a rule is, or all of them',
  '',
  '      --subject <file>     module that says how it is proven; micro-compat.js by default',
  '      --timeout <seconds>  lets one rule be silent for so long; 10 by default',
  '      --json               prints the report for machines',
  '  -h, --help               shows this',
  '',
  'The exit code is 0, 1 where something was found, and 2 where the command was not understood.',
]

/** Runs a command. Resolves with the exit code: 0, 1 where something was found, 2 where the command was not understood. */
export async function runCompat(args: readonly string[], cwd: string, print: (line: string) => void): Promise<number> {
  const usage = (problem?: string): number => {
    for (const line of [...(problem === undefined ? [] : [problem, '']), ...USAGE]) {
      print(line)
    }
    return problem === undefined ? 0 : 2
  }
  let parsed: {
    readonly values: { readonly json?: boolean; readonly timeout?: string; readonly subject?: string; readonly help?: boolean }
    readonly positionals: readonly string[]
  }
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        timeout: { type: 'string' },
        subject: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    // What follows the first sentence is about positionals that begin with a hyphen: there are none here.
    return usage(`${messageOf(error).split('. ')[0]}.`)
  }
  const { values, positionals } = parsed
  const [command, named, surplus] = positionals
  if (values.help === true || command === undefined) {
    return usage(values.help === true ? undefined : 'A command is missing.')
  }
  if (surplus !== undefined) {
    return usage(`'${surplus}' is one argument too many.`)
  }
  try {
    switch (command) {
      case 'check': {
        const timeout = Number(values.timeout ?? 10)
        return timeout > 0
          ? await check(named ?? '.', cwd, { isJson: values.json === true, timeout, subject: values.subject }, print)
          : usage(`--timeout ${values.timeout}: give a number of seconds.`)
      }
      case 'explain':
        return explain(named, print) ?? usage(`There is no rule '${named}': explain without a rule lists all of them.`)
      case 'init':
        return named === undefined ? usage('The name of the extension is missing.') : init(named, cwd, print)
      default:
        return usage(`There is no command '${command}'.`)
    }
  } catch (error) {
    if (error instanceof NameError) {
      return usage(error.message)
    }
    print(values.json === true ? JSON.stringify({ error: messageOf(error) }) : messageOf(error))
    return 1
  }
}

interface CheckFlags {
  readonly isJson: boolean
  /** Seconds that one rule may be silent. */
  readonly timeout: number
  readonly subject: string | undefined
}

async function check(named: string, cwd: string, { isJson, timeout, subject }: CheckFlags, print: (line: string) => void): Promise<number> {
  const located = await locate(named, cwd)
  try {
    const reports = await checkPackage(located, {
      silenceMs: timeout * 1000,
      ...(subject === undefined ? {} : { subject: resolve(cwd, subject) }),
    })
    const { passed, failed, inapplicable } = countsOf(reports)
    const { name, version } = located.manifest
    if (isJson) {
      print(JSON.stringify({ name, version, passed, failed, inapplicable, reports }, null, 2))
    } else {
      const lines = [
        `${name} ${version ?? ''}`,
        '',
        ...linesOf(reports),
        '',
        `${passed} passed, ${failed} failed, ${inapplicable} do not apply`,
      ]
      for (const line of lines) {
        print(line)
      }
    }
    return failed === 0 ? 0 : 1
  } finally {
    located.end()
  }
}

/** Prints a rule, or all of them. Undefined where there is none of that name. */
function explain(named: string | undefined, print: (line: string) => void): 0 | undefined {
  const isMeant = (id: string): boolean => named === undefined || id.toUpperCase() === named.toUpperCase()
  const rules = Object.entries(PROTOCOL).filter(([id]) => isMeant(id))
  const packageRules = [SUBJECT_RULE, ...PACKAGE_RULES].filter(({ id }) => isMeant(id))
  for (const [id, [kind, text]] of rules) {
    const title = RULES.find((rule) => rule.id === id)?.title
    for (const line of [
      ...inColumns(`${id}  ${kind.padEnd(9)}`, text),
      ...(title === undefined ? [] : inColumns(' '.repeat(14), `asked as: ${title}`)),
    ]) {
      print(line)
    }
  }
  for (const { id, title } of packageRules) {
    for (const line of inColumns(`${id.padEnd(12)}  package  `, title)) {
      print(line)
    }
  }
  return rules.length + packageRules.length === 0 ? undefined : 0
}

function init(name: string, cwd: string, print: (line: string) => void): number {
  const folder = resolve(cwd, name)
  for (const file of writeSkeleton(name, folder)) {
    print(`wrote ${name}/${file}`)
  }
  print(`\nnext: cd ${name} && npm install && npm run ci`)
  return 0
}
