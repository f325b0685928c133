import type { TemplateValues } from './template-engine.ts'

/** Inherits nothing. Unlike objects of `Object.create(null)`, V8 keeps those of a class in fast mode: filling them costs a fifth. */
class Values {
  readonly [name: string]: unknown
}
Object.setPrototypeOf(Values.prototype, null)
Reflect.deleteProperty(Values.prototype, 'constructor')

/** Joins values for a template; the later are on top. A name is in the result only if it was given. */
export function templateValues(below: object, middle: object | undefined, above?: object): TemplateValues {
  return Object.assign(new Values(), below, middle, above)
}
