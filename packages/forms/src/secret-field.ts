import { wordsOf } from './field-name.ts'
import type { Shape } from './shape.ts'

/** In the words of a name: a token count is none, and neither is a secretary. */
const SECRET_WORDS = /pass(word|wd|phrase|code)|secrets?\b|token$|otp$|^(pin|cvc|cvv)$/

/** Whether what is typed in a field is never shown again: by `.meta({ secret })`, by its input type, or else by its name. */
export function isSecret(shape: Shape, key: string): boolean {
  return shape.meta.secret ?? (shape.meta.type === 'password' || (shape.kind === 'text' && SECRET_WORDS.test(wordsOf(key))))
}
