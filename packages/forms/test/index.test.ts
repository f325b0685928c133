import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as entry from '../src/index.ts'

const source = join(import.meta.dirname, '../src')

describe('@micro/forms', () => {
  it('exports these names', () => {
    expect(Object.keys(entry).sort()).toEqual(['FORMS_ERRORS', 'body', 'form', 'forms', 'params', 'query'])
  })

  it('loads nothing of zod: types alone are imported', () => {
    const files = readdirSync(source)
    expect(files.length).toBeGreaterThan(20)
    for (const file of files) {
      const imports = readFileSync(join(source, file), 'utf8').match(/^(import|export)\b.*\bfrom '.*'$/gm) ?? []
      const foreign = imports.filter((line) => !/from '(\.\/|@micro\/core')/.test(line))
      expect(
        foreign.filter((line) => !line.startsWith('import type ') || !line.endsWith("from 'zod/v4/core'")),
        file,
      ).toEqual([])
    }
  })

  it('keeps its errors within its own prefix, each with something to do', () => {
    for (const [code, { message, fix }] of Object.entries(entry.FORMS_ERRORS)) {
      expect(code).toMatch(/^MICRO_FORMS_[A-Z]+$/)
      expect(message.length * fix.length).toBeGreaterThan(0)
    }
  })

  it('is a frozen value that asks nothing of its surroundings', () => {
    const value = entry.forms()
    expect(Object.isFrozen(value)).toBe(true)
    expect(value.name).toBe('forms')
  })
})
