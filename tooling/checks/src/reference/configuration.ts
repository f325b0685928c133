/** The reference page of configuration: what the schemas say. */

import { MADE } from './made.ts'
import { officialApp } from './official-app.ts'

/** Every key of core and of the official extensions with its variable, default and sentence. */
export function configurationPage(): string {
  const app = officialApp()
  const parts = [
    `${MADE}\n# Configuration\n`,
    'Precedence, lowest first: default, the options given to the factory (`db({ … })`), the file `instance/config.json` (or what `MICRO_CONFIG` names), environment variables (`.env` lies below the real environment), `micro(import.meta, { config })`. `micro config` prints every effective value with its source.\n',
  ]
  let section = ''
  for (const { key, variable, value, description } of app.configEntries) {
    const name = key.includes('.') ? (key.split('.')[0] as string) : 'the whole app'
    if (name !== section) {
      section = name
      parts.push(`\n## ${name}\n\n| key | environment | default | what it is |\n|---|---|---|---|`)
    }
    parts.push(
      `| \`${key}\` | \`${variable}\` | ${value === undefined ? '–' : `\`${JSON.stringify(value)}\``} | ${(description ?? '').replace(/[|<]/g, '\\$&')} |`,
    )
  }
  return `${parts.join('\n')}\n`
}
