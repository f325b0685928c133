import type { SafeHtml } from '@micro/core'

/** What is wrong with a field of a form. */
export interface FormError {
  /** Canonical name of the field, such as `items.0.name`; the empty text for the form as a whole. */
  readonly name: string
  /** Id of the field's element, for a link to it. */
  readonly id: string
  readonly message: string
}

/** Further attributes of a field's element: `true` prints the name alone, `false` and undefined take an attribute away. */
export interface FieldAttributes {
  /** The element they are for; `input` by default. */
  readonly as?: 'input' | 'textarea' | 'select'
  readonly [attribute: string]: string | number | boolean | undefined
}

/** One field, as a page shows it. */
export interface FormField {
  /** Its name as it is sent. */
  readonly name: string
  readonly id: string
  /** From `.meta({ label })` or `.meta({ title })`, or else its name in words. */
  readonly label: string
  readonly description: string | undefined
  /** What was typed, or what it is filled with; the empty text for secrets and files. */
  readonly value: string
  readonly error: string | undefined
  /** Id of the element that shows the error. */
  readonly errorId: string
  /** The values it may have, if they are few. */
  readonly choices: readonly string[]
  readonly attributes: SafeHtml
}

/**
 * A form, as pages show it. Names are written as in HTML: `title`, `address.zip` or `address[zip]`. What is printed is escaped;
 * secrets and files are never shown again.
 */
export interface FormView {
  /** Whether this request sent it. */
  readonly isSubmitted: boolean
  /** Value of the button that sent it, if the button is named `intent`; the empty text otherwise. */
  readonly intent: string
  readonly errors: readonly FormError[]
  /** What was typed, or what the field is filled with. */
  value(name: string): string
  /** The first error of a field, or, without a name, of the form as a whole. */
  error(name?: string): string | undefined
  /** Whether a field holds a value: for check boxes, radio buttons and options. Without `value`, whether a switch is on. */
  holds(name: string, value?: string | number): boolean
  /** Attributes of a field's element, ready to be printed: `<input <%= form.attributes('title') %>>`. */
  attributes(name: string, more?: FieldAttributes): SafeHtml
  /** Attributes of an `<option>` of a field. */
  option(name: string, value: string | number): SafeHtml
  /** The element that shows a field's error, or nothing: `<p class="error" id="title-error">…</p>`. */
  message(name?: string): SafeHtml
  field(name: string): FormField
}

/** A form whose fields the schema accepts. */
export interface ValidForm<T> extends FormView {
  readonly ok: true
  readonly data: T
  /** Shows these values where nothing was sent. */
  fill(values: object): ValidForm<T>
  /** The form with an error that the schema cannot know; its page answers 422. */
  fail(name: string, message: string): InvalidForm
}

/** A form that was not sent yet, or whose fields the schema does not accept. */
export interface InvalidForm extends FormView {
  readonly ok: false
  readonly data?: undefined
  /** Shows these values where nothing was sent. */
  fill(values: object): InvalidForm
  /** The form with one more error. */
  fail(name: string, message: string): InvalidForm
}

/** A form: `ok` says which. */
export type Form<T> = ValidForm<T> | InvalidForm
