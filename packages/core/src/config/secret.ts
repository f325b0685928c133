/** The secret key: configured in production, made and kept in the instance folder in development, made anew in tests. */
import { coreError } from '../errors/core-errors.ts'
import type { Mode } from './mode.ts'

const LEAST = 32

/**
 * The app's secrets, the one that signs first.
 * @throws MicroError `MICRO_SECRET_MISSING` and, in production, `MICRO_SECRET_SHORT`.
 */
export function resolveSecrets(
  configured: string | undefined,
  fallbacks: readonly string[],
  source: string,
  mode: Mode,
  instancePath: string | undefined,
): readonly string[] {
  if (configured !== undefined && configured !== '') {
    if (mode === 'production' && configured.length < LEAST) {
      throw coreError('MICRO_SECRET_SHORT', { source, length: configured.length })
    }
    return [configured, ...fallbacks]
  }
  if (mode === 'production') {
    throw coreError('MICRO_SECRET_MISSING', {})
  }
  return [mode === 'development' && instancePath !== undefined ? keptSecret(instancePath) : makeSecret()]
}

function makeSecret(): string {
  return process.getBuiltinModule('node:crypto').randomBytes(36).toString('base64url')
}

/** Reads the development secret, or makes it. Written aside and then linked, so that of two processes at once both use the same. */
function keptSecret(instancePath: string): string {
  const { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } = process.getBuiltinModule('node:fs')
  const file = `${instancePath}/secret-key`
  try {
    return readSecret(readFileSync(file, 'utf8'), file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw error
    }
  }
  mkdirSync(instancePath, { recursive: true, mode: 0o700 })
  const aside = `${file}.${process.pid}`
  writeFileSync(aside, makeSecret(), { mode: 0o600 })
  try {
    linkSync(aside, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error
    }
  } finally {
    unlinkSync(aside)
  }
  return readSecret(readFileSync(file, 'utf8'), file)
}

function readSecret(text: string, file: string): string {
  const secret = text.trim()
  if (secret.length < LEAST) {
    throw coreError('MICRO_SECRET_SHORT', { source: file, length: secret.length })
  }
  return secret
}
