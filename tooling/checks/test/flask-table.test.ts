import { describe, expect, it } from 'vitest'
import { checkFlaskTable } from '../src/flask-table.ts'

const FILE = 'tooling/checks/test/flask-table.test.ts'
const page = (...rows: string[]) => ['| id | Flask | Micro | guide | test |', '|---|---|---|---|---|', ...rows].join('\n')

describe('checkFlaskTable', () => {
  it('takes a row whose tests exist, and one that is to come', () => {
    expect(checkFlaskTable(page(`| A1 | x | y | | \`${FILE} › takes a row whose tests exist\` |`, '| A2 | x | to come | | |'))).toEqual([])
  })

  it.each([
    ['names no test', '| A1 | x | y | | |', "row 'A1' names no test."],
    ['names a file that is not there', '| A1 | x | y | | `gone.test.ts › a` |', "names '`gone.test.ts › a`'"],
    ['names words that no title has', '| A1 | x | y | | README.md › no such title |', "names the test 'no such title', which"],
    ['has no reason', '| A1 | x | does not apply | | |', 'gives no reason'],
    ['has a pipe too many', `| A1 | x | y | | ${FILE} › takes a row | z |`, 'more than five cells'],
  ])('refuses a row that %s', (_, row, words) => {
    expect(checkFlaskTable(page(row))).toEqual([expect.stringContaining(words)])
  })

  it('refuses an id twice, and more exceptions than are allowed', () => {
    const rows = Array.from({ length: 16 }, (_, index) => `| A${index} | x | does not apply: WSGI | | |`)
    expect(checkFlaskTable(page(...rows, '| A1 | x | to come | | |'))).toEqual([
      expect.stringContaining("row 'A1' stands there twice"),
      expect.stringContaining('16 rows say'),
    ])
  })
})
