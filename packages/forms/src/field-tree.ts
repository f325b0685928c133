/** Fields of a form, query or path, gathered by their names into a tree. Maps throughout: no key can reach a prototype. */
import { HttpError } from '@micro/core'
import { canonicalName, parseFieldName } from './field-name.ts'
import type { FormLimits } from './forms-config.ts'

/** What stands under one name: values sent for it, or fields below it, never both. */
export interface FieldTree {
  readonly values: unknown[]
  readonly children: Map<string, FieldTree>
}

/** Fields, and the texts sent for each by canonical name: what a page shows again. */
export interface Fields {
  readonly tree: FieldTree
  readonly texts: ReadonlyMap<string, readonly string[]>
}

/** A tree without fields. */
export function emptyTree(): FieldTree {
  return { values: [], children: new Map() }
}

/**
 * Gathers fields. Line breaks become LF and texts NFC, so that lengths mean the same here as in the browser.
 * @throws HttpError 400 for a name that is malformed, reserved, too deep or used both for a value and for a group;
 * `tooLarge` (413 or 414) for too many fields, or a name or value that is too long.
 */
export function gatherFields(entries: Iterable<readonly [string, unknown]>, limits: FormLimits, tooLarge: 413 | 414): Fields {
  const tree = emptyTree()
  const texts = new Map<string, string[]>()
  let count = 0
  for (const [name, given] of entries) {
    count++
    checkSize(count, name, given, limits, tooLarge)
    const keys = parseFieldName(name, limits.maxDepth)
    if (typeof keys === 'string') {
      throw new HttpError(400, `A field name is not accepted: ${keys}.`)
    }
    const value = typeof given === 'string' ? tidy(given) : given
    plant(tree, keys, value)
    if (typeof value === 'string') {
      const canonical = canonicalName(keys)
      const list = texts.get(canonical)
      list === undefined ? texts.set(canonical, [value]) : list.push(value)
    }
  }
  return { tree, texts }
}

/** Length in bytes of UTF-8, counted only where it may matter. */
export function longerThan(text: string, maxBytes: number): boolean {
  return text.length > maxBytes || (text.length * 3 > maxBytes && new TextEncoder().encode(text).length > maxBytes)
}

function checkSize(count: number, name: string, value: unknown, limits: FormLimits, status: 413 | 414): void {
  if (count > limits.maxFields) {
    throw new HttpError(status, `There are more than ${limits.maxFields} fields.`)
  }
  if (longerThan(name, limits.maxNameBytes)) {
    throw new HttpError(status, `A field name is longer than ${limits.maxNameBytes} bytes.`)
  }
  if (typeof value === 'string' && longerThan(value, limits.maxValueBytes)) {
    throw new HttpError(status, `A field is longer than ${limits.maxValueBytes} bytes.`)
  }
}

function tidy(text: string): string {
  return (text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text).normalize('NFC')
}

function plant(tree: FieldTree, keys: readonly string[], value: unknown): void {
  let node = tree
  for (const key of keys) {
    if (key === '') {
      break
    }
    if (node.values.length > 0) {
      throw twofold()
    }
    let child = node.children.get(key)
    if (child === undefined) {
      child = emptyTree()
      node.children.set(key, child)
    }
    node = child
  }
  if (node.children.size > 0) {
    throw twofold()
  }
  node.values.push(value)
}

function twofold(): HttpError {
  return new HttpError(400, 'A field name is used both for a value and for a group of fields.')
}
