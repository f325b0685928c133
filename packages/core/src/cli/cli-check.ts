/** `micro check`: what would fail in production, found without starting anything. */

import { screaming } from '../config/config-value.ts'
import { findApp, type LoadedApp } from './cli-app.ts'
import type { OwnCommand } from './cli-call.ts'
import { explain } from './cli-explain.ts'

/** One finding. Only errors make the command fail. */
export interface Finding {
  readonly level: 'error' | 'warning'
  readonly text: string
}

/** Looks at an app as production would find it. */
export function findings({ app, problems }: LoadedApp): readonly Finding[] {
  const found: Finding[] = problems.map((problem) => ({ level: 'error', text: explain(problem) }))
  const config = app['~config']
  const { deprecations, refused } = app['~registry']
  const attempt = (step: () => unknown): void => {
    try {
      step()
    } catch (error) {
      found.push({ level: 'error', text: explain(error) })
    }
  }
  attempt(() => app.routes)
  attempt(() => config.checkNamespaces(refused))
  attempt(() => config.secrets('production'))
  for (const { code, message } of deprecations.list) {
    found.push({ level: 'warning', text: `${code}: ${message}` })
  }
  const namespaces = new Set([...Object.keys(app.config), ...refused].map(screaming))
  for (const [variable, { source }] of config.sources.environment) {
    const namespace = /^MICRO_([A-Z0-9_]+?)__/.exec(variable)?.[1]
    if (namespace !== undefined && !namespaces.has(namespace)) {
      found.push({
        level: 'warning',
        text: `${source}: no extension named '${namespace.toLowerCase()}' is installed, so nothing reads it.`,
      })
    }
  }
  if (app.config.session.secure === false) {
    found.push({ level: 'warning', text: 'config.session.secure is false: the session cookie would travel over plain HTTP.' })
  }
  return found
}

export const cliCheck: OwnCommand = {
  options: {
    description: 'Says what would fail in production, without starting the app.',
    flags: { json: { type: 'boolean', description: 'Prints JSON.' } },
    examples: ['micro check --env-file production.env'],
  },
  run: async (call) => {
    const found = findings(await findApp(call.line.named, true))
    if (call.has('json')) {
      call.print(JSON.stringify(found, null, 2))
    } else {
      for (const { level, text } of found) {
        call.print(`${level}: ${text}`)
      }
      call.print(found.length === 0 ? 'Nothing was found that would fail in production.' : `${found.length} finding(s).`)
    }
    return found.some(({ level }) => level === 'error') ? 1 : 0
  },
}
