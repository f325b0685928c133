import { type ConfigSchema, option, options } from '@micro/core'

/** Limits of one form. Each is an integer; going over one is an error reply, never a shortened value. */
export interface UploadLimits {
  /** Most parts of any kind. */
  readonly parts: number
  /** Most files. */
  readonly files: number
  /** Most fields that are no files. */
  readonly fields: number
  /** Longest field name, in bytes of UTF-8. */
  readonly nameBytes: number
  /** Longest header block of one part. */
  readonly headerBytes: number
  /** Longest value of a field that is no file. */
  readonly fieldBytes: number
  /** Largest file. */
  readonly fileBytes: number
  /** Largest body. */
  readonly totalBytes: number
  /** How long the client may send nothing. */
  readonly idleTimeoutMs: number
}

/** What `config.uploads` comes to. */
export interface UploadsConfig {
  /** Where uploads are kept; a relative path lies in the instance directory. A directory of the extension's name there if absent. */
  readonly directory: string | undefined
  /** Age from which a start removes temporary files that a crash left behind. */
  readonly staleAfterMs: number
  readonly limits: UploadLimits
}

/** What may be given for `config.uploads`. */
export interface UploadsConfigInput {
  readonly directory?: string
  readonly staleAfterMs?: number
  readonly limits?: { readonly [K in keyof UploadLimits]?: number }
}

/** Part headers that the parser refuses whatever this package's own limit says. */
const PARSER_HEADER_BYTES = 16_384

/** Longest time that a timer of the runtime can wait. */
const MAX_TIMER_MS = 2_147_483_647

const limits = options({
  parts: option.int({ default: 1000, min: 0, description: 'Most parts of one form.' }),
  files: option.int({ default: 10, min: 0, description: 'Most files of one form.' }),
  fields: option.int({ default: 100, min: 0, description: 'Most fields of one form that are no files.' }),
  nameBytes: option.int({ default: 100, min: 0, description: 'Longest field name in bytes.' }),
  headerBytes: option.int({
    default: PARSER_HEADER_BYTES,
    min: 0,
    max: PARSER_HEADER_BYTES,
    description: 'Longest header of one part in bytes.',
  }),
  fieldBytes: option.int({ default: 1_048_576, min: 0, description: 'Longest value of a field that is no file, in bytes.' }),
  fileBytes: option.int({ default: 10_485_760, min: 0, description: 'Largest file in bytes.' }),
  totalBytes: option.int({ default: 26_214_400, min: 0, description: 'Largest multipart body in bytes.' }),
  idleTimeoutMs: option.int({ default: 30_000, min: 1, max: MAX_TIMER_MS, description: 'How long a client may send nothing.' }),
})

/** Schema of `config.uploads`. */
export const UPLOADS_CONFIG: ConfigSchema<UploadsConfigInput, UploadsConfig> = options({
  directory: option.string({ minLength: 1, description: 'Where uploads are kept; relative paths lie in the instance directory.' }),
  staleAfterMs: option.int({
    default: 3_600_000,
    min: 0,
    description: 'Age from which a start removes temporary files that a crash left.',
  }),
  limits,
})
