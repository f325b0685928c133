import { describe, expect, test } from 'vitest'
import { escapeHtml, isSafeHtml, raw } from '../src/templates/html.ts'

describe('escapeHtml', () => {
  test.each<readonly [value: unknown, text: string]>([
    ['<a href="/?a=1&b=2">it\'s</a>', '&lt;a href=&quot;/?a=1&amp;b=2&quot;&gt;it&#39;s&lt;/a&gt;'],
    ['plain', 'plain'],
    ['&', '&amp;'],
    ['last <', 'last &lt;'],
    [undefined, ''],
    [null, ''],
    [12, '12'],
    [['<'], '&lt;'],
    [raw('<b>'), '<b>'],
  ])('%s is written %s', (value, text) => {
    expect(escapeHtml(value)).toBe(text)
  })
})

describe('raw', () => {
  test('marks HTML, also for another copy of core', () => {
    expect(isSafeHtml(raw('<b>'))).toBe(true)
    expect(escapeHtml({ [Symbol.for('micro.SafeHtml')]: true, toString: () => '<i>' })).toBe('<i>')
  })

  test('what only looks like it, or came as JSON, is escaped', () => {
    expect(isSafeHtml('<b>')).toBe(false)
    expect(escapeHtml(JSON.parse('{"micro.SafeHtml":true}'))).toBe('[object Object]')
  })
})
