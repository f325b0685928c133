import { coreError } from '../errors/core-errors.ts'

/** A file's text without a byte order mark, or undefined where there is no such file. @throws MicroError `MICRO_CONFIG_FILE`. */
export function readText(path: string): string | undefined {
  const fs = globalThis.process?.getBuiltinModule?.('node:fs')
  try {
    return fs?.readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') {
      return undefined
    }
    throw coreError('MICRO_CONFIG_FILE', { file: path, reason: message }, { cause: error })
  }
}
