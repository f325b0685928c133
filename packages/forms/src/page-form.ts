import { escapeHtml, raw, type SafeHtml } from '@micro/core'
import { fieldAttributes } from './field-attributes.ts'
import { canonicalName, namingKey, parseFieldName, wordsOf } from './field-name.ts'
import type { FieldAttributes, Form, FormError, FormField, FormView } from './form-view.ts'
import { formsError } from './forms-errors.ts'
import { type AttributeMap, printAttributes } from './html-attributes.ts'
import { type Issue, nameOf } from './issue.ts'
import { isSecret } from './secret-field.ts'
import { ANY_SHAPE, type Shape, shapeAt } from './shape.ts'
import { showValue, valueAt } from './show-value.ts'

/** What a form is made of. */
export interface FormParts<T> {
  readonly shape: Shape
  /** Put before the ids of its fields, so that two forms of one page have no id in common. */
  readonly id: string | undefined
  /** Texts sent, by canonical name; null where nothing was sent. */
  readonly texts: ReadonlyMap<string, readonly string[]> | null
  readonly issues: readonly Issue[]
  readonly outcome: { readonly ok: true; readonly data: T } | { readonly ok: false }
  /** Told when the form fails after all. */
  readonly onFail: () => void
  readonly filled?: object
}

/** Makes the form that handlers and pages see. */
export function pageForm<T>(parts: FormParts<T>): Form<T> {
  // `ok` and `data` come from one outcome, which is what `Form` says of them.
  return new PageForm(parts) as unknown as Form<T>
}

interface Named {
  readonly keys: readonly string[]
  readonly canonical: string
  readonly shape: Shape
  readonly id: string
}

const PARSE_DEPTH = 64

class PageForm<T> implements FormView {
  readonly #parts: FormParts<T>
  readonly ok: boolean
  readonly data: T | undefined
  readonly isSubmitted: boolean
  readonly errors: readonly FormError[]

  constructor(parts: FormParts<T>) {
    this.#parts = parts
    this.ok = parts.outcome.ok
    this.data = parts.outcome.ok ? parts.outcome.data : undefined
    this.isSubmitted = parts.texts !== null
    this.errors = parts.issues.map((issue) => ({ name: nameOf(issue), id: this.#id(issue.path.map(String)), message: issue.message }))
  }

  get intent(): string {
    return this.#parts.texts?.get('intent')?.at(-1) ?? ''
  }

  value(name: string): string {
    return this.#values(this.#named(name)).at(-1) ?? ''
  }

  holds(name: string, value?: string | number): boolean {
    return this.#holds(this.#named(name), value)
  }

  error(name = ''): string | undefined {
    const canonical = name === '' ? '' : this.#named(name).canonical
    return this.errors.find((error) => error.name === canonical || isItemOf(error.name, canonical))?.message
  }

  attributes(name: string, more: FieldAttributes = {}): SafeHtml {
    const { as = 'input', ...extra } = more
    const named = this.#named(name)
    const derived = fieldAttributes(named.shape, as, this.#isSecret(named))
    const type = String(extra.type ?? derived.type ?? '')
    return printAttributes({
      id: named.id,
      name,
      ...derived,
      ...this.#state(named, name),
      ...(as === 'input' ? this.#typed(named, type, extra) : {}),
      ...extra,
    })
  }

  option(name: string, value: string | number): SafeHtml {
    return printAttributes({ value, selected: this.holds(name, value) })
  }

  message(name = ''): SafeHtml {
    const error = this.error(name)
    const id = name === '' ? this.#id(['form']) : this.#named(name).id
    return raw(error === undefined ? '' : `<p class="error" id="${escapeHtml(id)}-error">${escapeHtml(error)}</p>`)
  }

  field(name: string): FormField {
    const named = this.#named(name)
    const { meta } = named.shape
    return {
      name,
      id: named.id,
      label: meta.label ?? inWords(namingKey(named.keys) || name),
      description: meta.description,
      value: this.value(name),
      error: this.error(name),
      errorId: `${named.id}-error`,
      choices: choicesOf(named.shape),
      attributes: this.attributes(name),
    }
  }

  fill(values: object): Form<T> {
    return pageForm({ ...this.#parts, filled: values })
  }

  fail(name: string, message: string): Form<T> {
    const { keys } = name === '' ? { keys: [] } : this.#named(name)
    this.#parts.onFail()
    return pageForm({ ...this.#parts, outcome: { ok: false }, issues: [...this.#parts.issues, { path: keys, message }] })
  }

  /** @throws MicroError `MICRO_FORMS_FIELD`. */
  #named(name: string): Named {
    const keys = parseFieldName(name, PARSE_DEPTH)
    if (typeof keys === 'string') {
      throw formsError('MICRO_FORMS_FIELD', { name, problem: keys })
    }
    return { keys, canonical: canonicalName(keys), shape: shapeAt(this.#parts.shape, keys) ?? ANY_SHAPE, id: this.#id(keys) }
  }

  #id(keys: readonly string[]): string {
    return [this.#parts.id, ...keys].filter((key) => key !== undefined && key !== '').join('-')
  }

  #isSecret({ keys, shape }: Named): boolean {
    return isSecret(shape, namingKey(keys))
  }

  /** Texts that a field shows. */
  #values(named: Named): readonly string[] {
    const { texts, filled } = this.#parts
    if (this.#isSecret(named) || named.shape.kind === 'file') {
      return []
    }
    if (texts !== null) {
      return texts.get(named.canonical) ?? []
    }
    const value = filled === undefined ? undefined : valueAt(filled, named.keys)
    return showValue(value === undefined ? named.shape.initial?.() : value, named.shape)
  }

  #holds(named: Named, value: string | number | undefined): boolean {
    const values = this.#values(named)
    return value === undefined ? values.some((text) => text !== '' && !/^(false|0|no|off)$/i.test(text)) : values.includes(String(value))
  }

  #state(named: Named, name: string): AttributeMap {
    if (this.error(name) === undefined) {
      return {}
    }
    const [first] = this.errors
    const isFirst = first !== undefined && (first.name === named.canonical || isItemOf(first.name, named.canonical))
    return { 'aria-invalid': 'true', 'aria-describedby': `${named.id}-error`, autofocus: isFirst }
  }

  /** What was typed or ticked. A box or button of a group gets an id of its own. */
  #typed(named: Named, type: string, { value }: FieldAttributes): AttributeMap {
    switch (type) {
      case 'checkbox':
      case 'radio': {
        const own = typeof value === 'string' || typeof value === 'number' ? value : undefined
        return { checked: this.#holds(named, own), ...(own === undefined ? { value: wordFor(named.shape) } : { id: `${named.id}-${own}` }) }
      }
      case 'file':
      case 'password':
        return {}
      default: {
        const text = this.#values(named).at(-1)
        return text === undefined || text === '' ? {} : { value: text }
      }
    }
  }
}

/** What a ticked box must send where the schema reads other words than a browser's own. */
function wordFor(shape: Shape): string | undefined {
  return shape.kind === 'boolean' ? shape.words?.on : undefined
}

/** Whether a name is that of an item, directly below a list: its error is shown with the list. */
function isItemOf(name: string, list: string): boolean {
  return list !== '' && name.startsWith(`${list}.`) && /^\d+$/.test(name.slice(list.length + 1))
}

function choicesOf(shape: Shape): readonly string[] {
  const choice = shape.kind === 'list' ? shape.item(0) : shape
  return choice.kind === 'choice' ? choice.values.map(String) : []
}

/** `firstName` and `first_name` as `First name`. */
function inWords(key: string): string {
  const words = wordsOf(key)
  return words.charAt(0).toUpperCase() + words.slice(1)
}
