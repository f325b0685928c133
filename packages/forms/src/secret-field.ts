import { wordsOf } from './field-name.ts'
import type { Shape } from './shape.ts'

/** In the words of a name: a token count is none, and neither is a secretary. */
const SECRET_WORDS = /pass(word|wd|phrase|code)|secrets?\b|token$|otp$|^(pin|cvc|cvv)$/

/** Whether what is typed in a field is never shown again: by `.meta({ secret })`, by its input type, or else by its name. */
export function isSecret(shape: Shape, key: string): boolean {
  return [shape, ...partsOf(shape)].map(said).find((secret) => secret !== undefined) ?? (isTyped(shape) && SECRET_WORDS.test(wordsOf(key)))
}

function said({ meta }: Shape): boolean | undefined {
  return meta.secret ?? (meta.type === 'password' ? true : undefined)
}

/** A field of several shapes, or of several items, is as secret as the first that says so. */
function partsOf(shape: Shape): readonly Shape[] {
  return shape.kind === 'union' ? shape.options.map((option) => option()) : shape.kind === 'list' ? [shape.item(0)] : []
}

/** Whether something is typed in it: a name such as `changePassword` makes no secret of a switch. */
function isTyped(shape: Shape): boolean {
  const { kind } = shape.kind === 'list' ? shape.item(0) : shape
  return kind !== 'boolean' && kind !== 'group' && kind !== 'file'
}
