/** What a `.sql` migration holds. */
export interface SqlScript {
  readonly up: string
  readonly down: string | undefined
}

const MARK = /^[ \t]*--[ \t]*(up|down)[ \t]*$/gim

/**
 * Reads a `.sql` migration: what follows the line `-- up` goes forward, what follows `-- down` goes back. Without such lines all of
 * it goes forward. Undefined where it has none of the first kind, one twice, or statements before them.
 */
export function parseSqlScript(text: string): SqlScript | undefined {
  const marks = [...text.matchAll(MARK)]
  const [first] = marks
  if (first === undefined) {
    return { up: text, down: undefined }
  }
  const sections = new Map<string, string>()
  for (const [index, mark] of marks.entries()) {
    const name = (mark[1] ?? '').toLowerCase()
    if (sections.has(name)) {
      return undefined
    }
    sections.set(name, text.slice(mark.index + mark[0].length, marks[index + 1]?.index))
  }
  const up = sections.get('up')
  const before = text.slice(0, first.index).replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, '')
  return up === undefined || before.trim() !== '' ? undefined : { up, down: sections.get('down') }
}
