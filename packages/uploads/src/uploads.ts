/** The extension: what `ctx.uploads` and `app.uploads` are, and how forms with files become readable to others. */
import { isAbsolute, join } from 'node:path'
import { type ConfigSchema, type Context, type DefinedExtension, defineExtension, type Member } from '@micro/core'
import { diskStorage } from './disk-storage.ts'
import { RequestUploads } from './request-uploads.ts'
import type { StorageSettings, UploadStorage } from './upload-storage.ts'
import { UPLOADS_CONFIG, type UploadsConfig, type UploadsConfigInput } from './uploads-config.ts'
import { uploadsError } from './uploads-errors.ts'
import type { AppUploads, Uploads } from './uploads-member.ts'

/** What `uploads()` is told: configuration that the author of the app thinks right, and what no configuration can say. */
export interface UploadsOptions extends UploadsConfigInput {
  /** Makes the storage of one app, such as `memoryStorage`; the local disk by default. */
  readonly storage?: (settings: StorageSettings) => UploadStorage
  /** Whether it reads forms with files for `ctx.readBody()`: by default. Of several in one app, only one can. */
  readonly readsBodies?: boolean
}

/** What `uploads()` adds, for extensions that need it. */
export interface UploadsMember extends Member<AppUploads, Uploads> {}

/** The value that `uploads()` makes. */
export interface UploadsExtension
  extends DefinedExtension<'uploads', AppUploads, Uploads, ConfigSchema<UploadsConfigInput, UploadsConfig>, {}> {}

/**
 * Forms with files: streamed to storage under limits, typed by their content, removed when the request ends unless kept.
 * It reads `multipart/form-data` for `ctx.readBody()` and whatever builds on it. Another one lies beside it as
 * `uploads({ readsBodies: false }).as('media')`.
 */
export function uploads(options: UploadsOptions = {}): UploadsExtension {
  const { storage: makeStorage, readsBodies = true, ...config } = options
  return defineExtension({
    name: 'uploads',
    version: '1.0.0',
    core: '^1.0.0',
    config: UPLOADS_CONFIG,
    options: config,
    initApp(app, { directory, limits, staleAfterMs }) {
      const place = placeOf(directory ?? app.namespace, app.instancePath)
      const storage = makeStorage === undefined ? onDisk(place, app.namespace, directory) : makeStorage({ directory: place })
      const shared: AppUploads = Object.freeze({ storage, limits })
      const requests = new WeakMap<Context, RequestUploads>()
      const of = (ctx: Context): RequestUploads => {
        const known = requests.get(ctx)
        const made = known ?? new RequestUploads(ctx, shared)
        if (known === undefined) {
          requests.set(ctx, made)
        }
        return made
      }
      if (readsBodies) {
        app.bodyReader('multipart/form-data', (ctx, limits) => of(ctx).form(undefined, limits))
      }
      app.onStart(async () => {
        const swept = await storage.sweep(staleAfterMs)
        if (swept > 0) {
          app.log.info('Removed temporary files that an earlier run left behind', { count: swept })
        }
      })
      return { app: shared, context: of as (ctx: Context) => Uploads }
    },
  })
}

function placeOf(directory: string, instancePath: string | undefined): string | undefined {
  if (isAbsolute(directory)) {
    return directory
  }
  return instancePath === undefined ? undefined : join(instancePath, directory)
}

function onDisk(directory: string | undefined, namespace: string, configured: string | undefined): UploadStorage {
  if (directory === undefined) {
    throw uploadsError('MICRO_UPLOADS_NO_DIRECTORY', { namespace, directory: configured ?? 'not set' })
  }
  return diskStorage({ directory })
}
