/** Files that lie beside a module, and files that an app keeps on this machine: paths for `node:fs`. */
import { coreError } from '../errors/core-errors.ts'

/** An app or a blueprint, as far as its files go. */
export interface ResourceOwner {
  readonly rootPath: string | undefined
}

/**
 * The absolute path of a file beside the module that an app or a blueprint was made in: `readFile(resourcePath(app, 'schema.sql'), 'utf8')`.
 * @throws MicroError `MICRO_RESOURCE_PATH` for a path that leads elsewhere, `MICRO_NO_FILES`.
 */
export function resourcePath(owner: ResourceOwner, path: string): string {
  return below(owner.rootPath, path, 'A resource')
}

/**
 * The absolute path of a file in the instance folder, which holds what an app keeps on this machine. The directory it lies in is made,
 * for the owner alone.
 * @throws MicroError `MICRO_RESOURCE_PATH` for a path that leads elsewhere, `MICRO_NO_FILES`.
 */
export function instancePath(app: { readonly instancePath: string | undefined }, path: string): string {
  const { mkdirSync } = process.getBuiltinModule('node:fs')
  const { dirname } = process.getBuiltinModule('node:path')
  const file = below(app.instancePath, path, 'The instance folder')
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  return file
}

function below(directory: string | undefined, path: string, what: string): string {
  if (directory === undefined) {
    throw coreError('MICRO_NO_FILES', { what })
  }
  const { join, relative, isAbsolute, sep } = process.getBuiltinModule('node:path')
  const file = join(directory, path)
  const back = relative(directory, file)
  if (isAbsolute(path) || path.includes('\0') || back === '' || back === '..' || back.startsWith(`..${sep}`)) {
    throw coreError('MICRO_RESOURCE_PATH', { path, directory })
  }
  return file
}
