import { dbError } from './db-errors.ts'

/** What a database URL says. */
export type DatabaseLocation = { readonly engine: 'sqlite'; readonly path: string } | { readonly engine: 'postgres'; readonly url: URL }

/** The path by which SQLite knows a database that lives in memory. */
export const MEMORY = ':memory:'

const SCHEME = /^([a-z][a-z0-9+.-]+):/i

/**
 * Reads a database URL: `:memory:`, `sqlite:<path>`, `file:<path or URL>` or `postgres://…`. Paths may be relative.
 * @throws MicroError `MICRO_DB_URL`; its message never holds the URL, which may carry a password.
 */
export function parseDatabaseUrl(url: string): DatabaseLocation {
  if (url === MEMORY) {
    return { engine: 'sqlite', path: MEMORY }
  }
  const scheme = SCHEME.exec(url)?.[1]?.toLowerCase()
  switch (scheme) {
    case 'sqlite':
    case 'file':
      return { engine: 'sqlite', path: sqlitePath(url.slice(scheme.length + 1)) }
    case 'postgres':
    case 'postgresql':
      return { engine: 'postgres', url: serverUrl(url) }
    case undefined:
      throw dbError('MICRO_DB_URL', { problem: 'names no kind of database: it has no scheme' })
    default:
      throw dbError('MICRO_DB_URL', { problem: `names a kind of database that is not known here: ${scheme}` })
  }
}

/** A database's place for people to read, without its password. */
export function describeLocation(location: DatabaseLocation): string {
  if (location.engine === 'sqlite') {
    return location.path === MEMORY ? MEMORY : `sqlite:${location.path}`
  }
  const { protocol, username, host, pathname } = location.url
  return `${protocol}//${username === '' ? '' : `${username}@`}${host}${pathname}`
}

/** `//` after the scheme starts an authority, of which a file has none. */
function sqlitePath(rest: string): string {
  const path = rest.startsWith('//') ? rest.slice(2) : rest
  if (path === '') {
    throw dbError('MICRO_DB_URL', { problem: 'names no file' })
  }
  if (/[?#\0]/.test(path)) {
    throw dbError('MICRO_DB_URL', { problem: "has a '?' or '#' after the path of a file, where nothing is read" })
  }
  try {
    return decodeURIComponent(path)
  } catch {
    throw dbError('MICRO_DB_URL', { problem: 'has a broken percent-encoding' })
  }
}

function serverUrl(url: string): URL {
  // The error of `new URL` holds the whole input: it must not become a cause.
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined) {
    throw dbError('MICRO_DB_URL', {
      problem: 'is not well formed: encode special characters of user name and password (encodeURIComponent)',
    })
  }
  if (parsed.pathname.length < 2) {
    throw dbError('MICRO_DB_URL', { problem: 'names no database: it ends after the host' })
  }
  return parsed
}
