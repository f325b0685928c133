import type { Shape } from './shape.ts'

const SECRET_NAME = /pass(word|wd|phrase|code)|secret|token|otp$|^(pin|cvc|cvv)$/i

/** Whether what is typed in a field is never shown again: by `.meta({ secret })`, by its input type, or else by its name. */
export function isSecret(shape: Shape, key: string): boolean {
  return shape.meta.secret ?? (shape.meta.type === 'password' || (shape.kind === 'text' && SECRET_NAME.test(key)))
}
