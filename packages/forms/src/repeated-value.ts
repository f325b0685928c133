/** Messages of schemas that say what was sent: a form is read over a shoulder, and a reply is logged. */

/** Texts between quotes, as libraries print values. */
const QUOTED: readonly RegExp[] = [/"(?:[^"\\]|\\.)*"/g, /'[^']*'/g, /`[^`]*`/g]

/** A longer message was not written for a person: something is printed in it. */
const LONGEST = 1000

/** Whether a message repeats a value: in quotes, or as what something was. Of a group or list, whether it repeats a text in it. */
export function repeatsValue(message: string, value: unknown): boolean {
  if (message.length > LONGEST) {
    return true
  }
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    return QUOTED.flatMap((form) => message.match(form) ?? []).some((text) => textsIn(value).has(text.slice(1, -1)))
  }
  const text = value === undefined || value === null ? '' : printed(value)
  return text !== '' && [text, JSON.stringify(text).slice(1, -1)].some((form) => stands(form.toLowerCase(), message.toLowerCase()))
}

function printed(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value).trim()
}

/** A text alone says little: the value `a` is in many a word. */
function stands(text: string, message: string): boolean {
  const given = /(?:\b(?:was|received|got|actual)\b:? |["'`]\s*)$/
  for (let at = message.indexOf(text); at !== -1; at = message.indexOf(text, at + 1)) {
    const before = message.slice(Math.max(0, at - 12), at)
    if (given.test(before) && !/^[\p{L}\p{N}]/u.test(message.slice(at + text.length))) {
      return true
    }
  }
  return false
}

const known = new WeakMap<object, ReadonlySet<string>>()

/** The texts in a value, at any depth. */
function textsIn(value: object): ReadonlySet<string> {
  let texts = known.get(value)
  if (texts === undefined) {
    const found = new Set<string>()
    const waiting: unknown[] = [value]
    while (waiting.length > 0) {
      const next = waiting.pop()
      if (typeof next === 'string') {
        found.add(next).add(JSON.stringify(next).slice(1, -1))
      } else if (typeof next === 'object' && next !== null) {
        waiting.push(...Object.values(next))
      }
    }
    found.delete('')
    texts = found
    known.set(value, texts)
  }
  return texts
}
