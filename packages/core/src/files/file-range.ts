/** A part of a file: the positions of its first and last byte. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** Most parts that one reply has. A request for more, after those that touch have been joined, gets the whole file. */
const MAX_RANGES = 5

/**
 * The parts that a `Range` header asks for (RFC 9110 section 14.2), cut to the file's size, those that overlap or touch joined, in the
 * order they were asked for. `ignored` where the header does not count: another unit, nothing well-formed in it, too many parts, or an
 * empty file, of which there are no parts. `unsatisfiable` where every part lies beyond the end. Ill-formed parts beside good ones are
 * passed over.
 */
export function readRange(header: string, size: number): readonly ByteRange[] | 'ignored' | 'unsatisfiable' {
  if (size === 0 || !/^bytes=/i.test(header)) {
    return 'ignored'
  }
  const ranges: ByteRange[] = []
  let beyond = false
  for (const part of header.slice('bytes='.length).split(',')) {
    const [, first = '', last = ''] = /^[\t ]*(\d*)-(\d*)[\t ]*$/.exec(part) ?? []
    if (first === '' && last === '') {
      continue
    }
    const start = first === '' ? Math.max(size - Number(last), 0) : Number(first)
    const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
    if (start > end) {
      beyond = true
    } else {
      ranges.push({ start, end })
    }
  }
  if (ranges.length === 0) {
    return beyond ? 'unsatisfiable' : 'ignored'
  }
  const joined = join(ranges)
  return joined.length > MAX_RANGES ? 'ignored' : joined
}

/** The value of `Content-Range` for a part of a file, or without one for a request that cannot be satisfied (RFC 9110 section 14.4). */
export function contentRange(size: number, range?: ByteRange): string {
  return `bytes ${range === undefined ? '*' : `${range.start}-${range.end}`}/${size}`
}

/** Joins what overlaps or touches; a joined part stands where the first of its pieces was asked for. */
function join(ranges: readonly ByteRange[]): readonly ByteRange[] {
  if (ranges.length === 1) {
    return ranges
  }
  const sorted = ranges.map((range, place) => ({ ...range, place })).sort((a, b) => a.start - b.start)
  const joined: { start: number; end: number; place: number }[] = []
  for (const range of sorted) {
    const before = joined.at(-1)
    if (before === undefined || range.start > before.end + 1) {
      joined.push(range)
    } else {
      before.end = Math.max(before.end, range.end)
      before.place = Math.min(before.place, range.place)
    }
  }
  return joined.sort((a, b) => a.place - b.place).map(({ start, end }) => ({ start, end }))
}
