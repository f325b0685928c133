const BASE = 'http://micro.invalid'

/** What no path of a redirect may hold: control characters and backslashes, which browsers drop or take for slashes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\\\u2028\u2029\ufeff]/

/**
 * A path of this app that may be redirected to: the value itself if it is `/…` with query and fragment and nothing else, whatever browser
 * reads it and also if something decodes it once more; undefined otherwise (CWE-601).
 */
export function localPath(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 2048 || value.includes(' ') || !isLocal(value)) {
    return undefined
  }
  try {
    return isLocal(decodeURIComponent(value.replace(/[?#].*$/s, ''))) ? value : undefined
  } catch {
    return undefined
  }
}

function isLocal(value: string): boolean {
  if (!value.startsWith('/') || value.startsWith('//') || UNSAFE.test(value)) {
    return false
  }
  const url = URL.parse(value, BASE)
  return url !== null && url.origin === BASE && url.username === '' && !url.pathname.startsWith('//')
}
