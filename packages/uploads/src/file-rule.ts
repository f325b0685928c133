import { checkOptions, HttpError, type OptionNames } from '@micro/core'
import { IMAGE_TYPES, sniffType, UPLOAD_TYPES, type UploadType } from './file-type.ts'
import { refusal } from './refusal.ts'
import type { UploadForm } from './upload-form.ts'
import type { UploadedFile } from './uploaded-file.ts'
import { uploadsError } from './uploads-errors.ts'

/** What a rule for the files of one field may say. */
export interface FileRuleOptions {
  /** Largest file in bytes; `config.uploads.limits.fileBytes` holds as well. */
  readonly maxBytes?: number
  /** Whether the form must have one: otherwise it is 422. */
  readonly required?: boolean
  /** Takes up to this many files, and gives a list. */
  readonly maxFiles?: number
}

/** The same, with the types that are accepted; any if absent. */
export interface TypedFileRuleOptions extends FileRuleOptions {
  readonly types?: readonly UploadType[]
}

/** A rule for the files of one field. `T` is what the handler finds. */
export interface FileRule<T = unknown> {
  readonly types: readonly UploadType[]
  readonly maxBytes: number
  readonly required: boolean
  readonly maxFiles: number
  /** Whether the handler finds a list. */
  readonly list: boolean
  /** A phantom: types only. */
  readonly '~type'?: T
}

/** Rules by the names of the form's fields. */
export type FileRules = { readonly [field: string]: FileRule }

/** What a rule made with the options `O` gives. */
export type FileOf<O> = O extends { readonly maxFiles: number }
  ? readonly UploadedFile[]
  : O extends { readonly required: true }
    ? UploadedFile
    : UploadedFile | undefined

/** What rules give, by field. */
export type FilesOf<R> = { readonly [K in keyof R]: R[K] extends FileRule<infer T> ? T : never }

const RULE_OPTIONS: OptionNames<FileRuleOptions> = { maxBytes: true, required: true, maxFiles: true }

/** Accepts files of the given types, of any if none are given. @throws MicroError `MICRO_UPLOADS_RULE`. */
export function file<const O extends TypedFileRuleOptions = {}>(options?: O): FileRule<FileOf<O>> {
  checkOptions('file()', options ?? {}, { ...RULE_OPTIONS, types: true })
  return makeRule(options ?? {})
}

/** Accepts pictures that browsers show: PNG, JPEG, GIF, WebP and AVIF. SVG is none of them, since it may hold scripts. */
export function image<const O extends FileRuleOptions = {}>(options?: O): FileRule<FileOf<O>> {
  checkOptions('image()', options ?? {}, RULE_OPTIONS)
  return makeRule({ ...options, types: IMAGE_TYPES })
}

/** Accepts PDF documents. */
export function pdf<const O extends FileRuleOptions = {}>(options?: O): FileRule<FileOf<O>> {
  checkOptions('pdf()', options ?? {}, RULE_OPTIONS)
  return makeRule({ ...options, types: ['application/pdf'] })
}

/**
 * The rule for a field, as soon as a file for it is announced: before its content is read.
 * @throws HttpError 422 where no rule allows it, or no further one.
 */
export function ruleFor(rules: FileRules, field: string, before: number): FileRule {
  const rule = Object.hasOwn(rules, field) ? rules[field] : undefined
  if (rule === undefined) {
    throw refusal(422, `No file is expected in the field '${field}'.`)
  }
  if (before >= rule.maxFiles) {
    throw refusal(422, `The field '${field}' takes ${rule.maxFiles === 1 ? 'one file' : `${rule.maxFiles} files`}.`)
  }
  return rule
}

/** @throws HttpError 413 over the rule's size, 415 for a type it does not accept, once `head` tells. */
export function checkContent(rule: FileRule, field: string, size: number, head: Uint8Array | undefined): void {
  checkSize(rule, field, size)
  if (head !== undefined) {
    checkType(rule, field, sniffType(head))
  }
}

/**
 * Holds a form that has been read against rules, with the same outcome as if they had been known while it was.
 * @throws HttpError 413, 415, 422.
 */
export function checkForm(rules: FileRules, form: UploadForm): void {
  const counts = new Map<string, number>()
  for (const [field, value] of form) {
    if (typeof value !== 'string') {
      const before = counts.get(field) ?? 0
      const rule = ruleFor(rules, field, before)
      checkSize(rule, field, value.size)
      checkType(rule, field, value.type)
      counts.set(field, before + 1)
    }
  }
  for (const [field, rule] of Object.entries(rules)) {
    if (rule.required && !counts.has(field)) {
      throw new HttpError(422, `The field '${field}' needs a file.`)
    }
  }
}

function makeRule({ types = UPLOAD_TYPES, maxBytes, maxFiles, required = false }: TypedFileRuleOptions): FileRule<never> {
  const unknown = types.find((type) => !UPLOAD_TYPES.includes(type))
  if (unknown !== undefined) {
    throw uploadsError('MICRO_UPLOADS_RULE', { option: 'types', value: JSON.stringify(unknown), accepted: UPLOAD_TYPES.join(', ') })
  }
  return Object.freeze({
    types,
    maxBytes: integer('maxBytes', maxBytes, 0) ?? Number.MAX_SAFE_INTEGER,
    required,
    maxFiles: integer('maxFiles', maxFiles, 1) ?? 1,
    list: maxFiles !== undefined,
  })
}

function checkSize(rule: FileRule, field: string, size: number): void {
  if (size > rule.maxBytes) {
    throw refusal(413, `The file '${field}' is larger than ${rule.maxBytes} bytes.`)
  }
}

function checkType(rule: FileRule, field: string, type: UploadType): void {
  if (!rule.types.includes(type)) {
    throw refusal(415, `The file '${field}' is of type ${type}; accepted: ${rule.types.join(', ')}.`)
  }
}

function integer(option: string, value: number | undefined, min: number): number | undefined {
  if (value !== undefined && !(Number.isSafeInteger(value) && value >= min)) {
    throw uploadsError('MICRO_UPLOADS_RULE', { option, value: JSON.stringify(value), accepted: `an integer of ${min} or more` })
  }
  return value
}
