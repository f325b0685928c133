/** The command `micro-compat`. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { checkPackage } from './check/check-package.ts'
import { locate } from './check/locate.ts'
import { writeSkeleton } from './init/skeleton.ts'
import { countsOf, linesOf } from './report.ts'
import { messageOf } from './trial.ts'

const USAGE: readonly string[] = [
  'micro-compat check [package, folder or tarball] [--json] [--timeout <seconds>] [--subject <file>]   holds an extension and its package against the protocol',
  'micro-compat init <name>   makes a new extension that passes',
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
    return usage(messageOf(error))
  }
  const { values, positionals } = parsed
  const [command, named] = positionals
  if (values.help === true || command === undefined) {
    return usage(values.help === true ? undefined : 'A command is missing.')
  }
  try {
    switch (command) {
      case 'check':
        return await check(
          named ?? '.',
          cwd,
          { isJson: values.json === true, timeout: Number(values.timeout ?? 10), subject: values.subject },
          print,
        )
      case 'init':
        return named === undefined ? usage('The name of the extension is missing.') : init(named, cwd, print)
      default:
        return usage(`There is no command '${command}'.`)
    }
  } catch (error) {
    print(messageOf(error))
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
      silenceMs: timeout > 0 ? timeout * 1000 : 10_000,
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

function init(name: string, cwd: string, print: (line: string) => void): number {
  const folder = resolve(cwd, name)
  for (const file of writeSkeleton(name, folder)) {
    print(`wrote ${name}/${file}`)
  }
  print(`\nnext: cd ${name} && npm install && npm run ci`)
  return 0
}
