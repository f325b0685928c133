/**
 * The TypeScript of the documentation, as files that can be compiled and run. A block is a module; `file=name.ts` names it, so that the
 * blocks of one page can import each other, and `continue` appends it to the one before.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { files, read } from './workspace.ts'

/** Where they are written; not committed. */
export const SNIPPETS: string = join(import.meta.dirname, '../out/snippets')

/** One block. */
export interface Snippet {
  /** Page and line it stands at. */
  readonly where: string
  readonly path: string
}

/** Writes the blocks of all pages. */
export function writeSnippets(): readonly Snippet[] {
  rmSync(SNIPPETS, { recursive: true, force: true })
  const snippets = ['README.md', ...files('docs/**/*.md'), ...files('packages/*/README.md')].flatMap((page) => {
    const texts = new Map<string, { text: string; where: string }>()
    let last = ''
    const source = read(page)
    for (const match of source.matchAll(/^```ts([^\n]*)\n([\s\S]*?)^```/gm)) {
      const [, info = '', text = ''] = match
      const line = source.slice(0, match.index).split('\n').length
      const name = info.includes('continue') ? last : (/file=(\S+)/.exec(info)?.[1] ?? `line-${line}.ts`)
      texts.set(name, { text: (info.includes('continue') ? (texts.get(name)?.text ?? '') : '') + text, where: `${page}:${line}` })
      last = name
    }
    return [...texts].map(([name, { text, where }]) => {
      const path = join(SNIPPETS, page.replace(/\.md$/, ''), name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, `${text}\nexport {}\n`)
      return { where, path }
    })
  })
  writeFileSync(
    join(SNIPPETS, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../../tsconfig/base.json',
      include: ['**/*.ts'],
      compilerOptions: {
        noEmit: true,
        noUnusedLocals: false,
        noUnusedParameters: false,
        customConditions: ['@micro/source'],
        allowImportingTsExtensions: true,
        rewriteRelativeImportExtensions: false,
      },
    }),
  )
  return snippets
}
