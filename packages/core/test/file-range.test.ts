import { describe, expect, test } from 'vitest'
import { type ByteRange, contentRange, readRange } from '../src/files/file-range.ts'
import { vectors, vectorsMissing } from './vectors.ts'

type Outcome = ReturnType<typeof readRange>

const part = (start: number, end: number): ByteRange => ({ start, end })

const rows: readonly (readonly [what: string, header: string, size: number, outcome: Outcome])[] = [
  ['the unit in any case', 'BYTES=0-1', 10, [part(0, 1)]],
  ['another unit', 'lines=0-1', 10, 'ignored'],
  ['a suffix longer than the file', 'bytes=-400', 200, [part(0, 199)]],
  ['a suffix of nothing', 'bytes=-0', 200, 'unsatisfiable'],
  ['positions beyond what a number can tell', 'bytes=0-99999999999999999999999', 10, [part(0, 9)]],
  ['a first position beyond what a number can tell', 'bytes=99999999999999999999999-', 10, 'unsatisfiable'],
  ['the last byte', 'bytes=9-9', 10, [part(9, 9)]],
  ['the byte after the last', 'bytes=10-10', 10, 'unsatisfiable'],
  ['an empty file', 'bytes=0-', 0, 'ignored'],
  ['a suffix of an empty file', 'bytes=-1', 0, 'ignored'],
  ['signs', 'bytes=+1-+2', 10, 'ignored'],
  ['fractions', 'bytes=1.5-2', 10, 'ignored'],
  ['hexadecimal', 'bytes=0x1-0x2', 10, 'ignored'],
  ['a space before the unit', ' bytes=0-1', 10, 'ignored'],
  ['parts that touch', 'bytes=0-1,2-3', 10, [part(0, 3)]],
  ['parts that do not quite touch', 'bytes=0-1,3-4', 10, [part(0, 1), part(3, 4)]],
  ['parts that overlap', 'bytes=0-5,3-7', 10, [part(0, 7)]],
  ['a part within another', 'bytes=0-9,3-4', 10, [part(0, 9)]],
  ['the order asked for', 'bytes=8-9,0-1', 10, [part(8, 9), part(0, 1)]],
  ['a joined part in the place of its first piece', 'bytes=8-9,4-4,0-1,2-3', 10, [part(8, 9), part(0, 4)]],
  ['a joined part in the place of its last piece, asked for first', 'bytes=2-3,8-9,0-1', 10, [part(0, 3), part(8, 9)]],
  ['five parts', 'bytes=0-0,2-2,4-4,6-6,8-8', 10, [part(0, 0), part(2, 2), part(4, 4), part(6, 6), part(8, 8)]],
  ['six parts', 'bytes=0-0,2-2,4-4,6-6,8-8,10-10', 20, 'ignored'],
  ['six parts that become five', 'bytes=0-0,1-1,4-4,6-6,8-8,10-10', 20, [part(0, 1), part(4, 4), part(6, 6), part(8, 8), part(10, 10)]],
  ['the same part a thousand times', `bytes=${Array.from({ length: 1000 }, () => '0-0').join(',')}`, 10, [part(0, 0)]],
]

describe('readRange', () => {
  test.each(rows)('%s', (_, header, size, outcome) => {
    expect(readRange(header, size)).toEqual(outcome)
  })

  describe(`agrees with range-parser${vectorsMissing}`, () => {
    interface Row {
      readonly size: number
      readonly header: string | object
      readonly combine?: boolean
      readonly result: -1 | -2 | { readonly type: string; readonly ranges: readonly ByteRange[] }
    }
    const all = vectors<Row>('http-vectors.json', 'rangeParser')
    const texts = all.filter((row): row is Row & { header: string } => typeof row.header === 'string')

    test.skipIf(all.length === 0)('on every row but one', () => {
      expect(texts).toHaveLength(46)
      for (const { header, size, result, combine } of texts) {
        const ours = readRange(header, size)
        if (result === -2 || (typeof result === 'object' && result.type !== 'bytes')) {
          // It leaves it to its caller to pass over other units.
          expect(ours, header).toBe('ignored')
        } else if (result === -1) {
          expect(ours, header).toBe('unsatisfiable')
        } else if (header.includes('40-80') && header.includes('81-90') && combine !== true) {
          // It joins parts only when asked to; here they are joined always.
          expect(ours, header).toEqual([part(40, 90), part(999, 999)])
        } else {
          expect(ours, header).toEqual(result.ranges)
        }
      }
    })
  })
})

describe('contentRange', () => {
  test('tells a part, and without one the size', () => {
    expect(contentRange(10, part(2, 4))).toBe('bytes 2-4/10')
    expect(contentRange(10)).toBe('bytes */10')
  })
})
