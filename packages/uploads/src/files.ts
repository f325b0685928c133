import { type Middleware, middleware } from '@micro/core'
import type { FileRules, FilesOf } from './file-rule.ts'
import type { UploadForm } from './upload-form.ts'
import type { UploadedFile } from './uploaded-file.ts'
import { uploads } from './uploads.ts'
import type { Uploads } from './uploads-member.ts'

/**
 * A middleware that reads the form and adds `ctx.files`: for each rule the file, undefined where none was chosen, or a list.
 * Other file fields are refused before they are read. The form's other fields are in `await ctx.uploads.form()`.
 * @throws HttpError as `ctx.uploads.form(rules)` does.
 */
export function files<const R extends FileRules>(rules: R): Middleware<{ readonly files: FilesOf<R> }, { readonly uploads: Uploads }> {
  return middleware({ needs: [uploads()] }, async (ctx, next) => next({ files: pick(await ctx.uploads.form(rules), rules) }))
}

function pick<R extends FileRules>(form: UploadForm, rules: R): FilesOf<R> {
  const found = Object.entries(rules).map(([field, rule]) => {
    const given = form.getAll(field).filter((value): value is UploadedFile => typeof value !== 'string')
    return [field, rule.list ? given : given[0]] as const
  })
  // The rules have been checked against the form: each field has what its rule's type says.
  return Object.assign(Object.create(null), Object.fromEntries(found)) as FilesOf<R>
}
