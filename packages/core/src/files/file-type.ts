import { lookup } from 'mrmime'

/** The media type of a file by its name's extension, with `charset=utf-8` where it is text; `application/octet-stream` if it is not known. */
export function fileType(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
  const dot = name.lastIndexOf('.')
  // A table of plain keys: of `x.constructor` it would know the constructor of objects.
  const type: unknown = dot <= 0 ? undefined : lookup(name.slice(dot + 1))
  if (typeof type !== 'string') {
    return 'application/octet-stream'
  }
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type
}
