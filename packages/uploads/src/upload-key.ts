import { randomBytes } from 'node:crypto'
import { extensionOf, typeOfExtension, type UploadType } from './file-type.ts'
import { uploadsError } from './uploads-errors.ts'

const KEY = /^[0-9a-f]{32}\.([a-z]{3,4})$/

/** A fresh key: 128 random bits and the extension of what the file was found to be. Nothing of it comes from the client. */
export function createKey(type: UploadType): string {
  return `${randomBytes(16).toString('hex')}.${extensionOf(type)}`
}

/** The type of what is stored under a key, or undefined if it is no key. */
export function typeOfKey(key: string): UploadType | undefined {
  const extension = KEY.exec(key)?.[1]
  return extension === undefined ? undefined : typeOfExtension(extension)
}

/** @throws MicroError `MICRO_UPLOADS_KEY` for anything that `createKey` cannot have made: separators, dots, NUL, other alphabets. */
export function checkKey(key: string): void {
  if (typeOfKey(key) === undefined) {
    throw uploadsError('MICRO_UPLOADS_KEY', { key: JSON.stringify(key).slice(1, 80) })
  }
}
