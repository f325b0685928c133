/** `micro extensions`: what is installed. */

import type { InstalledExtension } from '../extension/registry.ts'
import { didYouMean, UsageError } from './cli-args.ts'
import type { CliCall, OwnCommand } from './cli-call.ts'
import { table } from './cli-table.ts'

export const cliExtensions: OwnCommand = {
  options: {
    description: 'Lists the installed extensions with what they need, contribute and change.',
    positionals: ['[name]'],
    flags: { json: { type: 'boolean', description: 'Prints JSON.' } },
    examples: ['micro extensions db'],
  },
  run: async (call) => {
    const { app, problems } = await call.load()
    const [name] = call.args.positionals
    const all = [...app.extensions]
    const shown = name === undefined ? all : all.filter((extension) => extension.name === name)
    if (name !== undefined && shown.length === 0 && problems.length === 0) {
      const known = all.map((extension) => extension.name)
      throw new UsageError(`No extension '${name}' is installed.${didYouMean(name, known, (near) => `'${near}'`)} See micro extensions.`)
    }
    if (call.has('json')) {
      call.print(JSON.stringify(shown, null, 2))
    } else {
      shown.forEach((extension, index) => {
        showExtension(extension, index > 0, call)
      })
      if (shown.length === 0) {
        call.print('No extension is installed.')
      }
    }
    return call.complain(problems)
  },
}

function showExtension(
  { name, version, needs, contributions, effects, config, replaced }: InstalledExtension,
  isNext: boolean,
  call: CliCall,
): void {
  call.print(`${isNext ? '\n' : ''}${name} ${version}${replaced ? ' (replaced by a double)' : ''}`)
  const rows = [
    ['needs', needs.map((need) => `${need.name} ${need.range}${need.optional ? ' (optional)' : ''}`).join(', ') || '–'],
    ['config', config.map(({ key }) => key).join(', ') || '–'],
    ['effects', effects.join('; ') || 'none on requests that do not use it'],
    ...contributions.map(({ kind, detail }) => [kind, detail]),
  ]
  for (const line of table(rows)) {
    call.print(`  ${line}`)
  }
}
