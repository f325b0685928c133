import { posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { files, read } from '../src/workspace.ts'

const LISTS = ['README.md', 'docs/index.md', 'docs/guide/start.md']

describe('the list of pages', () => {
  test.each(LISTS.slice(1))('of %s is that of the README', (page) => {
    const others = listOf('README.md').filter((listed) => listed !== page)
    expect(listOf(page)).toEqual(others)
  })

  test('names every page of the guide and of extensions', () => {
    const listed = listOf('README.md')
    expect(files('docs/{guide,extensions}/*.md').filter((page) => !listed.includes(page))).toEqual([])
  })
})

/** The pages that the items of a page's list link to, from `Basics` to `Extensions`. */
function listOf(page: string): readonly string[] {
  const list = /^- \*\*Basics\*\*[\s\S]*?^- \*\*Extensions\*\*(?:.*\n)(?: .*\n)*/m.exec(read(page))?.[0] ?? ''
  return [...list.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => posix.join(posix.dirname(page), target))
}
