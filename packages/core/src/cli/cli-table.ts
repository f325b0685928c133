/** Rows as lines whose columns stand under each other. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length)
    })
  }
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

const WIDTH = 80
const WIDEST = 26

/** Rows of one or two columns as lines of at most 80 characters; the last column is wrapped, below a first one that is too wide. */
export function columns(rows: readonly (readonly string[])[], indent = ''): string[] {
  const first = rows.flatMap(([cell = '', ...more]) => (more.length > 0 && cell.length <= WIDEST ? [cell.length] : []))
  const left = Math.min(WIDEST, Math.max(0, ...first))
  return rows.flatMap(([cell = '', text]) => {
    if (text === undefined) {
      return wrapped(cell, WIDTH - indent.length).map((line) => indent + line)
    }
    const lines = wrapped(text, WIDTH - indent.length - left - 2)
    const beside = cell.length > left ? [] : lines.splice(0, 1)
    const below = ' '.repeat(indent.length + left + 2)
    return [`${indent}${cell.padEnd(left)}  ${beside[0] ?? ''}`.trimEnd(), ...lines.map((line) => below + line)]
  })
}

/** A text as lines, broken between words; longer words stay whole. */
function wrapped(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines = ['']
    for (const word of paragraph.split(' ')) {
      const line = lines.at(-1) as string
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(word)
      } else {
        lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
      }
    }
    return lines
  })
}
