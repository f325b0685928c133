/** `micro check`: what would fail in production, found without starting anything. */
import type { LoadedApp } from './cli-app.ts'
import { explain } from './cli-explain.ts'
import { screaming } from './config-value.ts'

/** One finding. Only errors make the command fail. */
export interface Finding {
  readonly level: 'error' | 'warning'
  readonly text: string
}

/** Looks at an app as production would find it. */
export function findings({ app, problems }: LoadedApp): readonly Finding[] {
  const found: Finding[] = problems.map((problem) => ({ level: 'error', text: explain(problem) }))
  const config = app['~config']
  const attempt = (step: () => unknown): void => {
    try {
      step()
    } catch (error) {
      found.push({ level: 'error', text: explain(error) })
    }
  }
  attempt(() => app.routes)
  attempt(() => config.checkNamespaces())
  attempt(() => config.secrets('production'))
  const namespaces = new Set(Object.keys(app.config).map(screaming))
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
