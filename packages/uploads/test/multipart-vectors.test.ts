/** Bodies from the tests of four other parsers, and captures of Chromium: see the README in the folder that MICRO_VECTORS names. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type LIMITS, type ParsedForm, parseForm } from './parse-form.ts'

interface VectorFile {
  readonly name: string
  readonly filename?: string
  readonly type?: string
  readonly size?: number
  readonly sha256?: string
}

interface Vector {
  readonly src?: string
  readonly id?: string
  readonly label?: string
  readonly ct: string
  readonly body: string
  readonly fields?: readonly (readonly [string, string])[]
  readonly files?: readonly VectorFile[]
  readonly entries?: readonly (readonly [string, string | Omit<VectorFile, 'name'>])[]
  readonly error?: boolean
  readonly limits?: { readonly [name: string]: number | null }
  readonly events?: readonly string[]
  readonly opts?: { readonly isPartAFile?: boolean }
}

const folder = process.env.MICRO_VECTORS ?? ''
const skip = folder === ''

/** Rows where this parser differs on purpose: what it does, and why. */
const ON_PURPOSE: { readonly [row: string]: readonly [outcome: number | Partial<ParsedForm> | 'names', reason: string] } = {
  'Fields and files (limits)': [413, 'a value over its limit is refused, not shortened'],
  'Fields and files (limits: 0 files)': [413, 'one file too many is refused, not dropped'],
  'should respect fields limit of 0': [413, 'one part too many is refused, not dropped'],
  'should respect fields limit of 1': [413, 'one part too many is refused, not dropped'],
  'should respect fields limit of 7': [413, 'one part too many is refused, not dropped'],
  'Parts limit': [413, 'one part too many is refused, not dropped'],
  'Fields limit': [413, 'one part too many is refused, not dropped'],
  'Files limit': [413, 'one part too many is refused, not dropped'],
  'Oversized part header': [413, 'the first failure ends the form'],
  'Stopped mid-file #1': [400, 'a file that is cut off is an error, never data'],
  'Stopped mid-file #2': [400, 'a file that is cut off is an error, never data'],
  'Paths to be preserved through the preservePath option': ['names', 'directories are always taken off'],
  'Header size limit should be per part': ['names', 'long file names are shortened'],
  'Empty content-type and empty content-disposition': [400, 'a part that cannot be read is refused, not dropped'],
  'No Content-Disposition': [400, 'a part that cannot be read is refused, not dropped'],
  'special-chars-in-filename/osx-firefox-3.6.http': [400, 'its quotation mark is not escaped: RFC 7578 section 4.2'],
  'special-chars-in-filename/xp-ie-7.http': [400, 'its quotation mark is not escaped: RFC 7578 section 4.2'],
  'special-chars-in-filename/xp-ie-8.http': [400, 'its quotation mark is not escaped: RFC 7578 section 4.2'],
  'special-chars-in-filename/line-separator.http': [400, 'its lines end in LF: RFC 2046 section 4.1.1'],
  ie7_full_path_request: [400, 'its lines end in LF: RFC 2046 section 4.1.1'],
  'misc/empty-multipart.http': [400, 'a body without a delimiter is no form'],
  'misc/empty-urlencoded.http': [415, 'another content type'],
  'misc/empty.http': [415, 'no content type'],
  'misc/minimal.http': [415, 'no content type'],
  'no-filename/generic.http': [{ fields: [['upload', 'I am a plain text file\n']], files: [] }, 'a text without a file name is a field'],
  'encoding/beta-sticker-1.png.http': [400, 'its boundary has characters that RFC 2046 does not allow'],
  'encoding/binaryfile.tar.gz.http': [400, 'its boundary has characters that RFC 2046 does not allow'],
  'encoding/blank.gif.http': [400, 'its boundary has characters that RFC 2046 does not allow'],
  'encoding/menu_separator.png.http': [400, 'its boundary has characters that RFC 2046 does not allow'],
  'workarounds/missing-hyphens1.http': [400, 'a form without its end may have lost parts'],
  'workarounds/missing-hyphens2.http': [400, 'a form without its end may have lost parts'],
  'filename back\\slash.txt': ['names', 'directories are always taken off'],
  'filename a/b.txt': ['names', 'directories are always taken off'],
  'filename ..': ['names', 'names of directories are none of files'],
  'filename .': ['names', 'names of directories are none of files'],
  'filename %22.txt': ['names', 'Chromium does not escape %: the name cannot be told from an escaped quotation mark'],
  'filename new\nline.txt': [400, 'control characters'],
  'filename cr\rlf.txt': [400, 'control characters'],
  'filename tab\t.txt': [400, 'control characters'],
  'filename nul\0.txt': [400, 'control characters'],
  'filename xxxxxxxxxxxxxxxxxxxx': ['names', 'long file names are shortened'],
  'name a\nb': [400, 'control characters'],
  'name a\rb': [400, 'control characters'],
  'form urlencoded': [415, 'another content type'],
  'form urlencoded latin1': [415, 'another content type'],
  'form text/plain': [415, 'another content type'],
}

/** Rows about options that other parsers have and this one has not. */
const OTHER_OPTIONS = (vector: Vector): boolean => vector.opts?.isPartAFile === true

describe.skipIf(skip)('multipart, with the bodies of other parsers', () => {
  test.each(rows('multipart.json'))('%s', async (row, vector) => {
    await check(row, vector)
  })
})

describe.skipIf(skip)('multipart, with what Chromium sends', () => {
  test.each(rows('chromium-forms.json'))('%s', async (row, vector) => {
    await check(row, vector)
  })
})

test.skipIf(skip)(
  skip ? 'multipart vectors: MICRO_VECTORS names no folder' : 'multipart vectors: every row that differs on purpose is there',
  () => {
    const ids = [...rows('multipart.json'), ...rows('chromium-forms.json')].map(([, vector]) => vector.id ?? vector.label)
    expect(Object.keys(ON_PURPOSE).filter((row) => !ids.includes(row))).toEqual([])
  },
)

async function check(row: string, vector: Vector): Promise<void> {
  const form = await parseForm(vector.ct, Buffer.from(vector.body, 'base64'), limitsOf(vector))
  const [outcome] = ON_PURPOSE[vector.id ?? vector.label ?? ''] ?? []
  if (typeof outcome === 'number') {
    expect(form.status, row).toBe(outcome)
  } else if (typeof outcome === 'object') {
    expect(form, row).toEqual(outcome)
  } else {
    const expected = expectedOf(vector)
    expect(form.status !== undefined, row).toBe(vector.error ?? false)
    if (expected.fields !== undefined) {
      expect(form.fields, row).toEqual(expected.fields)
    }
    if (expected.files !== undefined) {
      expect(form.files.length, row).toBe(expected.files.length)
      expect(
        form.files.map((file, index) => seen(file, expected.files?.[index] ?? { name: '' }, outcome)),
        row,
      ).toEqual(expected.files.map((file) => seen({ ...file, claimedType: file.type }, file, outcome)))
    }
  }
}

/** The facts of a file that the row speaks of. */
function seen(file: object, wanted: VectorFile, outcome: 'names' | undefined): object {
  const facts = file as { readonly [fact: string]: unknown }
  const keys = ['name', 'filename', 'size', 'sha256'].filter((key) => key in wanted && !(key === 'filename' && outcome === 'names'))
  const type = wanted.type === undefined || wanted.type === '' ? {} : { type: String(facts.claimedType).split(';')[0] }
  return { ...Object.fromEntries(keys.map((key) => [key, facts[key]])), ...type }
}

function expectedOf(vector: Vector): {
  readonly fields?: readonly unknown[] | undefined
  readonly files?: readonly VectorFile[] | undefined
} {
  if (vector.entries === undefined) {
    const { events } = vector
    return {
      fields: events === undefined || events.includes('field') ? vector.fields : undefined,
      files: events === undefined || events.includes('file') ? vector.files : undefined,
    }
  }
  const fields = vector.entries.filter(([, value]) => typeof value === 'string').map(([name, value]) => [name, crlf(String(value))])
  const files = vector.entries.flatMap(([name, value]) => (typeof value === 'string' ? [] : [{ name, ...value }]))
  return { fields, files }
}

/** A form sends line breaks of values as CR LF, whatever they were. */
function crlf(value: string): string {
  return value.replace(/\r\n|\r|\n/g, '\r\n')
}

function limitsOf({ limits = {} }: Vector): Partial<typeof LIMITS> {
  const names: { readonly [name: string]: string } = { fileSize: 'fileBytes', fieldSize: 'fieldBytes' }
  const given = Object.entries(limits).filter(([, value]) => value !== null)
  return Object.fromEntries(given.map(([name, value]) => [names[name] ?? name, value]))
}

function rows(file: string): (readonly [row: string, vector: Vector])[] {
  if (skip) {
    return []
  }
  const { cases } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { readonly cases: readonly Vector[] }
  return cases
    .filter((vector) => !OTHER_OPTIONS(vector))
    .map((vector, index) => [`${index} ${vector.src ?? 'Chromium'}: ${JSON.stringify(vector.id ?? vector.label)}`, vector] as const)
}
