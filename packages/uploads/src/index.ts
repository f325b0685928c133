export { diskStorage } from './disk-storage.ts'
export {
  type FileOf,
  type FileRule,
  type FileRuleOptions,
  type FileRules,
  type FilesOf,
  file,
  image,
  pdf,
  type TypedFileRuleOptions,
} from './file-rule.ts'
export { sniffType, type UploadType } from './file-type.ts'
export { files } from './files.ts'
export { memoryStorage } from './memory-storage.ts'
export type { SendOptions } from './send-upload.ts'
export type { FormValue, UploadForm } from './upload-form.ts'
export type { ByteRange, StorageSettings, UploadDraft, UploadStorage } from './upload-storage.ts'
export type { StoredFile, UploadedFile } from './uploaded-file.ts'
export { type UploadsExtension, type UploadsMember, type UploadsOptions, uploads } from './uploads.ts'
export type { UploadLimits, UploadsConfig, UploadsConfigInput } from './uploads-config.ts'
export { UPLOADS_ERRORS, type UploadsErrorCode } from './uploads-errors.ts'
export type { AppUploads, FieldPart, FilePart, ReadFormOptions, UploadPart, Uploads } from './uploads-member.ts'
