/** Marks text that is HTML already, so that two copies of core recognise each other's. */
const SAFE_HTML: unique symbol = Symbol.for('micro.SafeHtml')

const SPECIAL = /[&<>"']/

/** Text that is HTML already: `<%= %>` prints it as it is. Made by `raw`. */
export class SafeHtml {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }

  /** The text, in JSON too. */
  toJSON(): string {
    return this.#text
  }
}

// A symbol, which no JSON can hold.
Object.defineProperty(SafeHtml.prototype, SAFE_HTML, { value: true })

/** Marks `text` as HTML that needs no escaping. What comes from outside must be escaped before: `escapeHtml`. */
export function raw(text: string): SafeHtml {
  return new SafeHtml(text)
}

/** Whether `value` was made by `raw`, of this copy of core or another. */
export function isSafeHtml(value: unknown): value is SafeHtml {
  return typeof value === 'object' && value !== null && SAFE_HTML in value
}

/**
 * A value as text of an HTML page or of a quoted attribute: `& < > " '` become references. Nothing comes of undefined and null;
 * a `SafeHtml` stays as it is.
 */
export function escapeHtml(value: unknown): string {
  if (typeof value === 'string') {
    return escapeText(value)
  }
  if (value === undefined || value === null) {
    return ''
  }
  return isSafeHtml(value) ? value.toString() : escapeText(String(value))
}

/** Searches first and copies only where it must: most texts hold nothing to escape. */
function escapeText(text: string): string {
  const first = text.search(SPECIAL)
  if (first === -1) {
    return text
  }
  let escaped = ''
  let from = 0
  for (let at = first; at < text.length; at++) {
    const reference = referenceFor(text.charCodeAt(at))
    if (reference !== '') {
      escaped += text.slice(from, at) + reference
      from = at + 1
    }
  }
  return escaped + text.slice(from)
}

function referenceFor(code: number): string {
  switch (code) {
    case 38:
      return '&amp;'
    case 60:
      return '&lt;'
    case 62:
      return '&gt;'
    case 34:
      return '&quot;'
    case 39:
      return '&#39;'
    default:
      return ''
  }
}
