/** The commands that look at an app without starting it. */

import type { CliOutput } from './cli.ts'
import type { LoadedApp } from './cli-app.ts'
import { findings } from './cli-check.ts'
import { explain } from './cli-explain.ts'
import { openShell } from './cli-shell.ts'
import { table } from './cli-table.ts'
import type { Route } from './route.ts'
import type { CommandOptions } from './setup.ts'

/** A command of core's own. */
export interface OwnCommand {
  readonly options: CommandOptions
  run(loaded: LoadedApp, json: boolean, output: CliOutput): number | Promise<number>
}

const FLAGS: NonNullable<CommandOptions['flags']> = { json: { type: 'boolean', description: 'Prints JSON.' } }

/** Core's own commands by name, but for `run`. */
export const OWN_COMMANDS: { readonly [name: string]: OwnCommand } = {
  routes: {
    options: { description: 'Lists the routes of the app: method, path, name and where each is declared.', flags: FLAGS },
    run: (loaded, json, output) => {
      const problems = [...loaded.problems]
      let routes: readonly Route[] = []
      try {
        routes = loaded.app.routes
      } catch (error) {
        problems.push(error)
      }
      const rows = routes.map((route) => ({
        method: route.methods.map((method) => (method === '*' ? 'ALL' : method)).join(','),
        path: route.path,
        name: route.name ?? '',
        where: route.record.where,
      }))
      show(rows, ['METHOD', 'PATH', 'NAME', 'DECLARED AT'], json, output)
      return complain(problems, output)
    },
  },
  config: {
    options: { description: 'Lists every effective value of configuration with its source; secrets are masked.', flags: FLAGS },
    run: (loaded, json, output) => {
      const entries = loaded.app.configEntries.map(({ key, value, source, variable, description }) =>
        json ? { key, value, source, variable, description } : { key, value: value === undefined ? '–' : JSON.stringify(value), source },
      )
      show(entries, ['KEY', 'VALUE', 'SOURCE'], json, output)
      const problems = [...loaded.problems]
      try {
        loaded.app['~config'].checkNamespaces()
      } catch (error) {
        problems.push(error)
      }
      return complain(problems, output)
    },
  },
  extensions: {
    options: { description: 'Lists the installed extensions with what they need, contribute and change.', flags: FLAGS },
    run: (loaded, json, output) => {
      const extensions = [...loaded.app.extensions]
      if (json) {
        output.print(JSON.stringify(extensions, null, 2))
        return complain(loaded.problems, output)
      }
      for (const { name, version, needs, contributions, effects, config, replaced } of extensions) {
        output.print(`${name} ${version}${replaced ? ' (replaced by a double)' : ''}`)
        const rows = [
          ['needs', needs.map((need) => `${need.name} ${need.range}${need.optional ? ' (optional)' : ''}`).join(', ') || '–'],
          ['config', config.map(({ key }) => key).join(', ') || '–'],
          ['effects', effects.join('; ') || 'none on requests that do not use it'],
          ...contributions.map(({ kind, detail }) => [kind, detail]),
        ]
        for (const line of table(rows)) {
          output.print(`  ${line}`)
        }
        output.print('')
      }
      if (extensions.length === 0) {
        output.print('No extension is installed.')
      }
      return complain(loaded.problems, output)
    },
  },
  check: {
    options: { description: 'Says what would fail in production, without starting the app.', flags: FLAGS },
    run: (loaded, json, output) => {
      const found = findings(loaded)
      if (json) {
        output.print(JSON.stringify(found, null, 2))
      } else {
        for (const { level, text } of found) {
          output.print(`${level}: ${text}`)
        }
        output.print(found.length === 0 ? 'Nothing was found that would fail in production.' : `${found.length} finding(s).`)
      }
      return found.some(({ level }) => level === 'error') ? 1 : 0
    },
  },
  shell: {
    options: { description: 'Opens a prompt with the app, its context and its members at hand; await works.' },
    run: (loaded, _json, output) => (loaded.problems.length > 0 ? complain(loaded.problems, output) : openShell(loaded.app)),
  },
}

function show(rows: readonly { readonly [key: string]: unknown }[], heads: readonly string[], json: boolean, output: CliOutput): void {
  if (json) {
    output.print(JSON.stringify(rows, null, 2))
    return
  }
  for (const line of table([heads, ...rows.map((row) => Object.values(row).map(String))])) {
    output.print(line)
  }
}

function complain(problems: readonly unknown[], output: CliOutput): number {
  for (const problem of problems) {
    output.complain(`\n${explain(problem)}`)
  }
  return problems.length > 0 ? 1 : 0
}
