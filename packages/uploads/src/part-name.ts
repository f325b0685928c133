/**
 * Names that a client gives: of fields, and of files. They are data only; none becomes a path. A name that could deceive whoever
 * reads it later (control characters, NUL, invisible changes of writing direction) is refused rather than cleaned.
 */
import { refusal } from './refusal.ts'

/** Longest file name that is kept, in UTF-16 units; what is longer loses its middle. */
const MAX_FILE_NAME = 255

const DECEPTIVE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u

/** A field's name with the escapes of HTML's form encoding undone. @throws HttpError 400 if deceptive, 413 over `maxBytes`. */
export function fieldName(raw: string, maxBytes: number): string {
  const name = unescapeName(raw)
  if (Buffer.byteLength(name) > maxBytes) {
    throw refusal(413, `A field's name is longer than ${maxBytes} bytes.`)
  }
  return honest(name, 'field')
}

/** A file's name without directories, or `''`. @throws HttpError 400 if deceptive. */
export function fileName(raw: string | undefined): string {
  const whole = honest(unescapeName(raw ?? ''), 'file')
  const name = whole.slice(Math.max(whole.lastIndexOf('/'), whole.lastIndexOf('\\')) + 1).normalize('NFC')
  return name === '.' || name === '..' ? '' : shorten(name)
}

/** The escapes of https://html.spec.whatwg.org/#multipart-form-data: line breaks and the quotation mark. */
function unescapeName(raw: string): string {
  return raw.includes('%') ? raw.replace(/%22/g, '"').replace(/%0D/gi, '\r').replace(/%0A/gi, '\n') : raw
}

function honest(name: string, what: string): string {
  if (DECEPTIVE.test(name)) {
    throw refusal(400, `The name of a ${what} holds characters that are not allowed.`)
  }
  return name
}

function shorten(name: string): string {
  if (name.length <= MAX_FILE_NAME) {
    return name
  }
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : ''
  return `${name.slice(0, MAX_FILE_NAME - extension.length)}${extension}`.toWellFormed()
}
