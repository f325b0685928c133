import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitepress'

const DOCS = join(import.meta.dirname, '..')
/** The pages in the order one reads them: that of the first page. */
const ORDER = [...readFileSync(join(DOCS, 'index.md'), 'utf8').matchAll(/\]\(([^)]+)\.md\)/g)].map(([, page]) => page)

/** The pages of a section by their headings. */
function section(folder: string) {
  const place = (name: string) => {
    const page = `${folder}/${name}`
    return name === 'index' ? -1 : ORDER.includes(page) ? ORDER.indexOf(page) : ORDER.length
  }
  return readdirSync(join(DOCS, folder))
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.slice(0, -3))
    .sort((one, other) => place(one) - place(other) || one.localeCompare(other))
    .map((name) => ({
      text: /^# (.+)$/m.exec(readFileSync(join(DOCS, folder, `${name}.md`), 'utf8'))?.[1] ?? name,
      link: `/${folder}/${name === 'index' ? '' : name}`,
    }))
}

/** Anchors as GitHub makes them, so that a link to a heading leads there in both. */
const slugify = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')

export default defineConfig({
  title: 'Micro',
  description: 'A TypeScript micro-framework whose core is simple and extensible.',
  outDir: './out',
  cacheDir: './out/.cache',
  cleanUrls: true,
  markdown: { anchor: { slugify } },
  ignoreDeadLinks: [/\.\.\/\.\.\//],
  themeConfig: {
    search: { provider: 'local' },
    sidebar: [
      { text: 'Guide', items: section('guide') },
      { text: 'Deploying', items: section('deploying') },
      { text: 'For people who know Flask', link: '/flask' },
      { text: 'Performance', link: '/performance' },
      { text: 'Extensions', items: section('extensions') },
      { text: 'Reference', items: section('reference') },
      { text: 'Decisions', items: section('decisions') },
    ],
  },
})
