/** What a module says of itself. */
import { coreError } from '../errors/core-errors.ts'

/** @throws MicroError `MICRO_META_MISSING` for what is no `import.meta`. */
export function checkMeta(meta: ImportMeta, factory: string): void {
  if (typeof meta !== 'object' || meta === null) {
    throw coreError('MICRO_META_MISSING', { factory, what: meta === null ? 'null' : typeof meta })
  }
}

/** The name of the module: that of its file, or of its directory where the file is an `index`. */
export function moduleName({ filename }: ImportMeta): string {
  const [file = '', directory] = (filename ?? 'app').split(/[\\/]/).reverse()
  const stem = file.replace(/\.\w+$/, '')
  return (stem === 'index' ? directory : stem) || 'app'
}
