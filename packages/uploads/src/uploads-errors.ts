import { type ErrorFactory, errorTable } from '@micro/core'

/** Every code that this package throws at developers. Codes are permanent. */
export const UPLOADS_ERRORS = {
  MICRO_UPLOADS_NO_DIRECTORY: {
    message: 'There is nowhere to keep uploads: the app has no instance directory, and config.{namespace}.directory is {directory}.',
    fix: 'Give an absolute path as directory, pass import.meta of a file on disk to micro(), or give another storage: uploads({ storage }).',
  },
  MICRO_UPLOADS_KEY: {
    message: "'{key}' is not the key of a stored upload.",
    fix: 'Use the key that keep() gave: 32 hexadecimal digits, a dot and an extension.',
  },
  MICRO_UPLOADS_MISSING: {
    message: "No upload is stored under the key '{key}'.",
    fix: 'It was deleted, or belongs to another directory; config names the one in use.',
  },
  MICRO_UPLOADS_GONE: {
    message: "The file uploaded as '{field}' was used after it had been removed.",
    fix: 'Files live as long as their request: await file.keep() before the handler returns.',
  },
  MICRO_UPLOADS_READ_TWICE: {
    message: 'The form of this request is already being read by {first}.',
    fix: 'Use parts() or form(), and parts() once: a body can be read a single time.',
  },
  MICRO_UPLOADS_PART_PASSED: {
    message: "The content of the part '{field}' was read after the loop had gone on to the next part.",
    fix: 'Read or save a part before asking for the next one.',
  },
  MICRO_UPLOADS_UNSAFE: {
    message: '{path} is not a plain {what}.',
    fix: 'Something other than this extension put it there. Remove it, or configure another directory.',
  },
  MICRO_UPLOADS_RULE: {
    message: "The rule '{option}' of an upload is {value}, which is not accepted.",
    fix: 'Accepted: {accepted}.',
  },
} as const

/** Permanent codes of this package's errors. */
export type UploadsErrorCode = keyof typeof UPLOADS_ERRORS

/** Makes an error of this package's table. */
export const uploadsError: ErrorFactory<typeof UPLOADS_ERRORS> = errorTable(UPLOADS_ERRORS)
