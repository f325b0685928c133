import { describe, expect, it } from 'vitest'
import { checkErrorTables } from '../src/error-tables.ts'

const TABLE = "export const CORE_ERRORS = {\n  MICRO_GONE: {\n    message: 'Gone.',\n  },\n}\n"
const FILE = 'packages/core/src/find.ts'

/** The problems of a package of two files, in which `find`, `Finder` and `Found` are public. */
const problemsOf = (text: string, table = TABLE) =>
  checkErrorTables(
    new Map([
      ['packages/core/src/errors/core-errors.ts', table],
      [FILE, text],
    ]),
    (_, name) => /^(find|Finder|Found)$/.test(name),
  )

const FUNCTION = "export function find() {\n  throw coreError('MICRO_GONE', {})\n}\n"

describe('checkErrorTables', () => {
  it('says nothing of a public function that tells what it throws', () => {
    expect(problemsOf(`/** Finds it. @throws MicroError \`MICRO_GONE\`. */\n${FUNCTION}`)).toEqual([])
  })

  it('says nothing of what is private', () => {
    expect(problemsOf(FUNCTION.replace('find', 'search'))).toEqual([])
    expect(problemsOf(`export class Finder {\n  #find() {\n    throw coreError('MICRO_GONE', {})\n  }\n}\n`)).toEqual([])
  })

  it.each([
    ['a function without a docstring', FUNCTION, [FILE, 'find throws MICRO_GONE', 'add @throws MicroError `MICRO_GONE`']],
    ['a docstring that is silent of it', `/** Finds it. */\n${FUNCTION}`, ['find throws MICRO_GONE']],
    [
      'a method of a public class',
      "export class Finder {\n  /** Finds it. */\n  find() {\n    throw coreError(\n      'MICRO_GONE',\n    )\n  }\n}\n",
      ['Finder.find throws MICRO_GONE'],
    ],
    [
      'a method that a public interface promises for a class which is not public',
      `export interface Found {\n  /** Takes it. */\n  take(): void\n}\nclass Base {\n  take() {\n    throw coreError('MICRO_GONE', {})\n  }\n}\nclass Middle extends Base {}\nclass Own extends Middle implements Found {}\n`,
      ['Base.take throws MICRO_GONE'],
    ],
    [
      'a docstring with a code that no table has',
      `/** Finds it. @throws MicroError \`MICRO_GONE\`, \`MICRO_LOST\`. */\n${FUNCTION}`,
      [FILE, '@throws MICRO_LOST', 'correct the code'],
    ],
    [
      'a throw of a code that no table has',
      `/** @throws MicroError \`MICRO_GONE\`. */\n${FUNCTION}function lose() {\n  throw coreError('MICRO_LOST', {})\n}\n`,
      [`${FILE} throws MICRO_LOST`, 'add it to the table'],
    ],
    ['a code that nothing throws', '', ['packages/core/src/errors/core-errors.ts: nothing in the package throws MICRO_GONE: remove it.']],
  ])('refuses %s', (_, text, says) => {
    const problems = problemsOf(text)
    expect(problems).toHaveLength(1)
    for (const part of says) {
      expect(problems[0]).toContain(part)
    }
  })

  it('says nothing of the packages as they are', () => {
    expect(checkErrorTables()).toEqual([])
  })
})
