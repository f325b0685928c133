import { describe, expect, it } from 'vitest'
import { checkLinks } from '../src/links.ts'

const OTHER = '# Other page\n\n## What `ctx.file()` does, in short\n\n### MICRO_BODY_USED\n\n<a id="p03"></a>\n'
const problemsOf = (text: string) =>
  checkLinks(
    new Map([
      ['docs/guide/page.md', text],
      ['docs/guide/other.md', OTHER],
    ]),
  )

describe('checkLinks', () => {
  it.each([
    '[one](other.md)',
    '[one](../../README.md)',
    '[one](other.md#what-ctxfile-does-in-short)',
    '[one](other.md#micro_body_used)',
    '[one](other.md#p03)',
    '# Here\n\n[one](#here)',
    '[one](https://example.com/gone.md#gone)',
    '```\n[one](gone.md)\n```',
  ])('takes %j', (text) => {
    expect(problemsOf(text)).toEqual([])
  })

  it.each([
    ['[one](gone.md)', "docs/guide/page.md: the link to 'gone.md' leads nowhere: no docs/guide/gone.md."],
    [
      '[one](other.md#gone)',
      "docs/guide/page.md: the link to 'other.md#gone' leads nowhere: docs/guide/other.md has no heading for #gone.",
    ],
    ['[one](#gone)', "docs/guide/page.md: the link to '#gone' leads nowhere: docs/guide/page.md has no heading for #gone."],
  ])('refuses %j', (text, says) => {
    expect(problemsOf(text)).toEqual([says])
  })

  it('says nothing of the pages as they are', () => {
    expect(checkLinks()).toEqual([])
  })
})
