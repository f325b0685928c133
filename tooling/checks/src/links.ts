import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { files, ROOT, read } from './workspace.ts'

/** Relative links in Markdown lead to files that exist. */
export function checkLinks(): readonly string[] {
  return [...files('*.md'), ...files('{docs,packages,examples,tooling}/**/*.md')].flatMap((file) =>
    [
      ...read(file)
        .replace(/```[\s\S]*?```/g, '')
        .matchAll(/\]\(([^)\s]+)\)/g),
    ].flatMap(([, link = '']) => {
      const target = link.replace(/#.*$/, '')
      if (/^[a-z]+:/.test(link) || target === '') {
        return []
      }
      return existsSync(join(ROOT, dirname(file), target)) ? [] : [`${file}: the link to '${link}' leads nowhere.`]
    }),
  )
}
