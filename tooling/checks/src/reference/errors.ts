/** The reference page of errors: the tables. */
import { join } from 'node:path'
import { files, ROOT } from '../workspace.ts'
import { MADE } from './made.ts'

interface Table {
  readonly [code: string]: { readonly message: string; readonly fix: string }
}

/** Every code of every package with its message and what to do. */
export async function errorsPage(): Promise<string> {
  const parts = [`${MADE}\n# Errors\n`, 'Codes are permanent. `error.code` narrows: a misspelt code in a `switch` does not compile.\n']
  for (const [name, own] of Map.groupBy(files('packages/*/src/**/*-errors.ts'), (file) => file.split('/')[1] ?? '')) {
    // Of a table in several files one holds the others.
    const table = new Map((await Promise.all(own.map(tableOf))).flatMap((part) => Object.entries(part)))
    parts.push(`## @micro/${name}\n`)
    for (const [code, { message, fix }] of table) {
      parts.push(`### ${code}\n\n${text(message)}\n\n*What to do:* ${text(fix)}\n`)
    }
  }
  return parts.join('\n')
}

async function tableOf(file: string): Promise<Table> {
  const module = (await import(join(ROOT, file))) as { readonly [name: string]: unknown }
  return Object.entries(module).find(([name]) => name.endsWith('_ERRORS'))?.[1] as Table
}

function text(sentence: string): string {
  return sentence
    .replace(/\{(\w+)\}/g, '`$1`')
    .replace(/</g, '\\<')
    .replace(/\n/g, ' ')
}
