/** Relative links in Markdown lead somewhere: to a file that exists, and in it to a heading. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { files, ROOT, read, type Sources } from './workspace.ts'

/** Holds the links of all pages. */
export function checkLinks(pages: Sources = everyPage()): readonly string[] {
  return [...pages].flatMap(([page, text]) =>
    [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
      const [path = '', anchor] = link.split('#')
      if (/^[a-z]+:/.test(link)) {
        return []
      }
      const target = path === '' ? page : join(dirname(page), path)
      if (!pages.has(target) && !existsSync(join(ROOT, target))) {
        return [`${page}: the link to '${link}' leads nowhere: no ${target}.`]
      }
      const known = anchor === undefined || !target.endsWith('.md') || anchorsOf(pages.get(target) ?? read(target)).has(anchor)
      return known ? [] : [`${page}: the link to '${link}' leads nowhere: ${target} has no heading for #${anchor}.`]
    }),
  )
}

function everyPage(): Sources {
  return new Map([...files('*.md'), ...files('{docs,packages,examples,tooling}/**/*.md')].map((file) => [file, read(file)]))
}

/** What a link may name on a page, as GitHub and the documentation's site make it of headings, and ids that are written. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .trim()
      .toLowerCase()
      .replace(/\]\([^)]*\)/g, '')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  )
  return new Set([...headings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)])
}

function withoutCode(text: string): string {
  return text.replace(/```[\s\S]*?```/g, '')
}
