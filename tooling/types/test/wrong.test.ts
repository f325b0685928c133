import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const folder = join(import.meta.dirname, '../wrong')
const root = join(folder, '../../..')

interface Wrong {
  readonly sentence: string
  /** Lines of the statement below the sentence. */
  readonly from: number
  readonly to: number
}

/** The sentences of `wrong.ts` with the statements below them. */
function readWrong(): readonly Wrong[] {
  const lines = readFileSync(join(folder, 'wrong.ts'), 'utf8').split('\n')
  const starts = lines.flatMap((line, index) => (line.startsWith('// ') ? [index] : []))
  return starts.map((start, index) => ({
    sentence: (lines[start] as string).slice(3),
    from: start + 2,
    to: starts[index + 1] ?? lines.length,
  }))
}

/** What the compiler says, by line. */
function compile(): ReadonlyMap<number, string> {
  let output = ''
  try {
    output = execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', join(folder, 'tsconfig.json'), '--pretty', 'false'], {
      cwd: folder,
      encoding: 'utf8',
    })
  } catch (error) {
    output = (error as { stdout: string }).stdout
  }
  const errors = new Map<number, string>()
  for (const message of output.split(/\n(?=\S)/)) {
    const match = /^(\S+?)\((\d+),\d+\): error TS\d+: ([\s\S]*)$/.exec(message)
    if (match !== null) {
      expect(match[1], message).toBe('wrong.ts')
      errors.set(Number(match[2]), (match[3] as string).trimEnd())
    }
  }
  return errors
}

/** The sentence a message says: a type that is one text, or the message itself. */
function sentenceOf(message: string): string {
  const last = message.split('\n').at(-1) as string
  return /^.*type '(?:.* (?:&|=>) )?"(.*)"'\.$/.exec(last)?.[1] ?? last.trim()
}

describe('calls that must not compile', () => {
  const wrong = readWrong()
  const errors = compile()

  test.each(wrong)('line $from: $sentence', ({ sentence, from, to }) => {
    const said = [...errors].filter(([line]) => line >= from && line <= to).map(([, message]) => sentenceOf(message))
    expect(said).toEqual([sentence])
  })

  test('nothing else is wrong', () => {
    const known = [...errors.keys()].filter((line) => wrong.some(({ from, to }) => line >= from && line <= to))
    expect(known.length).toBe(errors.size)
    expect(errors.size).toBe(wrong.length)
  })
})
