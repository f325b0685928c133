import { coreError } from '../errors/core-errors.ts'
import type { MicroError } from '../errors/micro-error.ts'

/** Why a server cannot listen. `where` is an address or a path. */
export function listenError(cause: unknown, where: string): MicroError {
  const { code, message } = cause as NodeJS.ErrnoException
  return coreError('MICRO_LISTEN', { where, reason: code === 'EADDRINUSE' ? 'something listens there already' : message }, { cause })
}
