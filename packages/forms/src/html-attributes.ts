import { escapeHtml, raw, type SafeHtml } from '@micro/core'
import { formsError } from './forms-errors.ts'

/** Attributes of an element by name; `true` is an attribute without a value, undefined and `false` are none. */
export type AttributeMap = { readonly [name: string]: string | number | bigint | boolean | undefined }

// What HTML does not allow in the name of an attribute (section 13.1.2.3).
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const BAD_NAME = /[\s"'<>/=\u0000-\u001f\u007f-\u009f]/

/** Attributes as HTML, values quoted and escaped. @throws MicroError `MICRO_FORMS_ATTRIBUTE` for a name that HTML does not allow. */
export function printAttributes(attributes: AttributeMap): SafeHtml {
  const printed: string[] = []
  for (const [name, value] of Object.entries(attributes)) {
    if (name === '' || BAD_NAME.test(name)) {
      throw formsError('MICRO_FORMS_ATTRIBUTE', { name })
    }
    if (value !== undefined && value !== false) {
      printed.push(value === true ? name : `${name}="${escapeHtml(String(value))}"`)
    }
  }
  return raw(printed.join(' '))
}
