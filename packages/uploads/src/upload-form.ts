import type { UploadedFile } from './uploaded-file.ts'

/** A value of a form with files. */
export type FormValue = string | UploadedFile

/**
 * A form with files, read like a `FormData`: pairs of name and value in the order they were sent; names may repeat, and no name is
 * special. File inputs in which nothing was chosen have no pair.
 */
export interface UploadForm extends Iterable<readonly [name: string, value: FormValue]> {
  /** The first value of a name, or null. */
  get(name: string): FormValue | null
  getAll(name: string): FormValue[]
  has(name: string): boolean
}

/** Makes a form of its pairs. */
export function uploadForm(pairs: readonly (readonly [string, FormValue])[]): UploadForm {
  return {
    get: (name) => pairs.find(([key]) => key === name)?.[1] ?? null,
    getAll: (name) => pairs.filter(([key]) => key === name).map(([, value]) => value),
    has: (name) => pairs.some(([key]) => key === name),
    [Symbol.iterator]: () => pairs[Symbol.iterator](),
  }
}
