import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitepress'

const DOCS = join(import.meta.dirname, '..')
const FIRST = [
  'start',
  'routing',
  'requests',
  'blueprints',
  'sessions',
  'templates',
  'files',
  'configuration',
  'command-line',
  'testing',
  'serving',
]

/** The pages of a section by their headings; those of the guide in the order one reads them. */
function section(folder: string) {
  const place = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length)
  return readdirSync(join(DOCS, folder))
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.slice(0, -3))
    .sort((one, other) => place(one) - place(other) || one.localeCompare(other))
    .map((name) => ({
      text: /^# (.+)$/m.exec(readFileSync(join(DOCS, folder, `${name}.md`), 'utf8'))?.[1] ?? name,
      link: `/${folder}/${name}`,
    }))
}

export default defineConfig({
  title: 'Micro',
  description: 'A TypeScript micro-framework whose core is simple and extensible.',
  outDir: './out',
  cacheDir: './out/.cache',
  cleanUrls: true,
  ignoreDeadLinks: [/\.\.\/\.\.\//],
  themeConfig: {
    search: { provider: 'local' },
    sidebar: [
      { text: 'Guide', items: section('guide') },
      { text: 'Extensions', items: section('extensions') },
      { text: 'Reference', items: section('reference') },
      { text: 'Decisions', items: section('decisions') },
    ],
  },
})
