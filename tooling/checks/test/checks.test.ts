import { describe, expect, it } from 'vitest'
import { checkExports } from '../src/exports.ts'
import { checkFileSizes } from '../src/file-sizes.ts'
import { checkProcessExit } from '../src/process-exit.ts'
import { checkWrittenTypes } from '../src/written-types.ts'

const lines = (count: number) => 'x\n'.repeat(count)

describe('checkFileSizes', () => {
  it.each([
    ['a file of more than 300 lines', { 'a.ts': lines(301), 'b.ts': '', 'c.ts': '' }, 'packages/core/src/a.ts has 301 lines: split it'],
    [
      'files of which half are long',
      { 'a.ts': lines(200), 'b.ts': lines(130), 'c.ts': '' },
      'packages/core/src: half of its files are longer than 130',
    ],
    [
      'a name that says nothing',
      { 'string/a.ts': '', 'string/b.ts': '', 'string/utils.ts': '' },
      "packages/core/src/string/utils.ts: 'utils' does not say what is inside",
    ],
    [
      'a folder of two files',
      { 'log/log.ts': '', 'log/sinks.ts': '' },
      'packages/core/src/log holds 2 of at least 3 files: keep log.ts and sinks.ts elsewhere.',
    ],
    ['a name in capitals', { 'FileReply.ts': '' }, "packages/core/src/FileReply.ts: write 'FileReply' in lower-case words with hyphens."],
  ])('refuses %s', (_, files, says) => {
    const sources = new Map(Object.entries(files).map(([name, text]) => [`packages/core/src/${name}`, text]))
    expect(checkFileSizes(sources)).toEqual([expect.stringContaining(says)])
  })

  it('says nothing of the files as they are', () => {
    expect(checkFileSizes()).toEqual([])
  })
})

describe('checkProcessExit', () => {
  it('names the file that ends the process', () => {
    expect(checkProcessExit(new Map([['packages/db/src/a.ts', 'process.exit(1)']]))).toEqual([
      'packages/db/src/a.ts calls process.exit(): throw, or set process.exitCode, and let handles close.',
    ])
  })
})

describe('checkExports', () => {
  it.each([
    [
      'gone',
      { '@micro/db': ['db'] },
      { '@micro/db': ['Db', 'db'] },
      "@micro/db no longer exports 'Db': if that is meant, run MICRO_PIN_EXPORTS=1",
    ],
    ['new', { '@micro/db': ['Db', 'db'] }, { '@micro/db': ['db'] }, "@micro/db newly exports 'Db': if that is meant"],
    ['of a new entry', { '@micro/db/node': ['open'] }, {}, "@micro/db/node newly exports 'open'"],
  ])('refuses a name that is %s', (_, now, pinned, says) => {
    expect(checkExports(now, pinned)).toEqual([expect.stringContaining(says)])
  })
})

describe('checkWrittenTypes', () => {
  it('names file and line of an export without a type, and leaves other errors to the type check', () => {
    const output =
      "packages/core/src/a.ts(3,7): error TS9015: Objects that contain spread assignments can't be inferred with --isolatedDeclarations.\npackages/core/src/b.ts(1,1): error TS2304: Cannot find name 'x'.\n"
    expect(checkWrittenTypes(output)).toEqual([
      "packages/core/src/a.ts:3: Objects that contain spread assignments can't be inferred with --isolatedDeclarations. Write the type of the export.",
    ])
  })

  it('says so where the compiler could not look', () => {
    expect(checkWrittenTypes("error TS5058: The specified path does not exist: 'x'.\n")).toEqual([
      "tooling/checks/declarations.json: error TS5058: The specified path does not exist: 'x'.",
    ])
  })
})
