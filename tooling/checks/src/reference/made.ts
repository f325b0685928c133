import { files, read } from '../workspace.ts'

/** The first line of a page that is made from the source. */
export const MADE = '<!-- Made from the source by tooling/checks/src/write-reference.ts: change the source instead. -->'

/** A docstring as Markdown of one line: what it throws as a sentence, codes as links, nothing taken for a tag. */
export function linked(doc: string): string {
  return doc
    .replace(/^@throws /, 'Throws ')
    .replace(/[.;]? @throws /g, '. Throws ')
    .split(/(`[^`]*`)/)
    .map((part) => {
      const code = part.slice(1, -1)
      return part.startsWith('`')
        ? errorCodes().has(code)
          ? `[${part}](errors.md#${code.toLowerCase()})`
          : part.replace(/\|/g, '\\|')
        : part.replace(/[<|]/g, '\\$&')
    })
    .join('')
}

let codes: ReadonlySet<string> | undefined

function errorCodes(): ReadonlySet<string> {
  codes ??= new Set(
    files('packages/*/src/**/*-errors.ts').flatMap((file) => [...read(file).matchAll(/^ {2}(MICRO_\w+): /gm)].map(([, code = '']) => code)),
  )
  return codes
}
