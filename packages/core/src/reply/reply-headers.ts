import { checkHeader, describesContent, describesResult } from '../http/header.ts'
import { Reply } from '../http/reply.ts'

/** The headers that handler, hooks and core give a reply, before they are joined with the reply's own. */
export class ReplyHeaders {
  /** Flat: name after value after name. */
  #list: string[] = []
  /** Lower-case names that were set, and so take the place of the reply's own. */
  #set: string[] | null = null
  #vary: string | null = null

  /** @throws MicroError `MICRO_HEADER_INVALID`. */
  set(name: string, value: string): void {
    const lower = checkHeader(name, value)
    if (this.#set === null) {
      this.#set = [lower]
    } else if (!this.#set.includes(lower)) {
      this.#set.push(lower)
    }
    if (lower === 'vary') {
      this.#vary = value
    } else {
      if (this.#list.length > 0) {
        this.#list = without(this.#list, (other) => other === lower)
      }
      this.#list.push(name, value)
    }
  }

  /** @throws MicroError `MICRO_HEADER_INVALID`. */
  append(name: string, value: string): void {
    if (checkHeader(name, value) === 'vary') {
      this.#vary = this.#vary === null && !value.includes(',') ? value : mergeVary(this.#vary, value)
    } else {
      this.#list.push(name, value)
    }
  }

  /** Adds a header that is known to be valid. */
  appendValid(name: string, value: string): void {
    this.#list.push(name, value)
  }

  /** Takes back a header, also the reply's own. */
  remove(name: string): void {
    const lower = name.toLowerCase()
    this.#set ??= []
    this.#set.push(lower)
    this.#list = without(this.#list, (other) => other === lower)
    if (lower === 'vary') {
      this.#vary = null
    }
  }

  /** The value of a header that was set. */
  get(lowerName: string): string | undefined {
    const at = this.#list.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === lowerName)
    return at < 0 ? undefined : this.#list[at + 1]
  }

  /** Takes back what describes a body that will not be sent. */
  dropContent(): void {
    this.#drop(describesContent)
  }

  /** Takes back what was said of a result that will not be sent: an error's reply is another, and must not be kept like it. */
  dropResult(): void {
    this.#drop(describesResult)
  }

  #drop(isUnwanted: (lowerName: string, value: string) => boolean): void {
    this.#list = without(this.#list, isUnwanted)
    this.#set = this.#set?.filter((name) => !isUnwanted(name, this.get(name) ?? '')) ?? null
  }

  /** A reply with these headers. The one given is not written to: a handler may return it again. */
  on({ status, type, body, headers }: Reply): Reply {
    const set = this.#set
    let own = headers ?? NONE
    if (set !== null && own.length > 0) {
      own = without(own, (name) => set.includes(name))
    }
    let vary = this.#vary
    if (vary !== null && own.length > 0) {
      for (let index = 0; index < own.length; index += 2) {
        if ((own[index] as string).toLowerCase() === 'vary') {
          vary = mergeVary(own[index + 1] as string, vary)
        }
      }
      own = without(own, (name) => name === 'vary')
    }
    const list = own.length === 0 ? this.#list.slice() : [...own, ...this.#list]
    if (vary !== null) {
      list.push('Vary', vary)
    }
    return new Reply(status, set?.includes('content-type') === true ? null : type, body, list)
  }
}

const NONE: readonly string[] = []

/** Two values of `Vary` as one, each field named once (RFC 9110 section 12.5.5). */
function mergeVary(one: string | null, other: string): string {
  const fields = new Map<string, string>()
  for (const field of `${one ?? ''},${other}`.split(',').map((part) => part.trim())) {
    if (field !== '' && !fields.has(field.toLowerCase())) {
      fields.set(field.toLowerCase(), field)
    }
  }
  return fields.has('*') ? '*' : [...fields.values()].join(', ')
}

function without(list: readonly string[], isUnwanted: (lowerName: string, value: string) => boolean): string[] {
  const kept: string[] = []
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index] as string
    const value = list[index + 1] as string
    if (!isUnwanted(name.toLowerCase(), value)) {
      kept.push(name, value)
    }
  }
  return kept
}
