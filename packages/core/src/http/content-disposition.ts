// Control characters, path separators, and the marks that make a name read in another direction than it is written.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNSAFE = /[\x00-\x1f\x7f-\x9f/\\\u202a-\u202e\u2066-\u2069]/g

/**
 * The value of `Content-Disposition` that offers a download under a name, or shows it and keeps the name for saving (RFC 6266). A name
 * outside ASCII is told twice: as it is, by RFC 8187, and simplified for old clients. What would break the header or name another
 * directory becomes `_`. Without a name the client chooses one.
 */
export function contentDisposition(kind: 'attachment' | 'inline', name = ''): string {
  const safe = name.toWellFormed().replace(UNSAFE, '_')
  if (safe === '') {
    return kind
  }
  const simple = simplified(safe)
  const plain = `${kind}; filename="${simple.replaceAll('"', '\\"')}"`
  return simple === safe ? plain : `${plain}; filename*=UTF-8''${extended(safe)}`
}

/** In ASCII, and free of `%xx`, which some clients decode there though they must not (RFC 6266 appendix D). */
function simplified(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^\x20-\x7e]/gu, '_')
    .replace(UNSAFE, '_')
    .replace(/%(?=[\da-f]{2})/gi, '_')
}

/** The characters that RFC 8187 section 3.2.1 lets stand are those that `encodeURIComponent` does, but for `'()*`. */
function extended(name: string): string {
  return encodeURIComponent(name).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
