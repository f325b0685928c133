/** Writes the reference pages that are made from the source: errors and configuration. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { auth, github, memoryStore, oidc } from '@micro/auth'
import { micro } from '@micro/core'
import { db } from '@micro/db'
import { forms } from '@micro/forms'
import { uploads } from '@micro/uploads'
import { files, ROOT } from './workspace.ts'

const MADE = '<!-- Made from the source by tooling/checks/src/write-reference.ts: change the source instead. -->'

async function errorsPage(): Promise<string> {
  const parts = [`${MADE}\n# Errors\n`, 'Codes are permanent. `error.code` narrows: a misspelt code in a `switch` does not compile.\n']
  for (const file of files('packages/*/src/*-errors.ts')) {
    const module = (await import(join(ROOT, file))) as { readonly [name: string]: unknown }
    const table = Object.entries(module).find(([name]) => name.endsWith('_ERRORS'))?.[1] as {
      readonly [code: string]: { readonly message: string; readonly fix: string }
    }
    parts.push(`## @micro/${file.split('/')[1]}\n`)
    for (const [code, { message, fix }] of Object.entries(table)) {
      parts.push(`### ${code}\n\n${text(message)}\n\n*What to do:* ${text(fix)}\n`)
    }
  }
  return parts.join('\n')
}

function text(sentence: string): string {
  return sentence
    .replace(/\{(\w+)\}/g, '`$1`')
    .replace(/</g, '\\<')
    .replace(/\n/g, ' ')
}

function configPage(): string {
  const app = micro(import.meta, { env: {}, mode: 'test' })
    .use(db())
    .use(forms())
    .use(uploads())
    .use(auth({ store: memoryStore(), providers: [github(), oidc({ name: 'work', issuer: 'https://login.example.com' })] }))
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

writeFileSync(join(ROOT, 'docs/reference/errors.md'), await errorsPage())
writeFileSync(join(ROOT, 'docs/reference/configuration.md'), configPage())
