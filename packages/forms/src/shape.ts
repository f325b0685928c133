/**
 * What a schema expects, as far as a form must know it: read from zod's own schemas or from the JSON Schema that another library
 * gives. Nested shapes are made when they are asked for, because schemas may contain themselves.
 */

/** Facts for people and browsers, from `.meta({ … })`. */
export interface FieldMeta {
  readonly label?: string | undefined
  readonly description?: string | undefined
  readonly placeholder?: string | undefined
  readonly autocomplete?: string | undefined
  /** `type` of its `<input>`. */
  readonly type?: string | undefined
  /** Whether what was typed is never shown again. */
  readonly secret?: boolean | undefined
  /** False keeps white space at the ends of a text. */
  readonly trim?: boolean | undefined
}

/** Bounds that a browser may check as well. */
export interface FieldRules {
  readonly min?: number | bigint | Date | undefined
  readonly max?: number | bigint | Date | undefined
  /** Least number of characters, or of items. */
  readonly minLength?: number | undefined
  readonly maxLength?: number | undefined
  readonly step?: number | bigint | undefined
  readonly integer?: boolean | undefined
  /** Such as `email`, `url`, `date`. */
  readonly format?: string | undefined
  /** Whether the format refuses the empty text. */
  readonly notEmpty?: boolean | undefined
  /** Regular expressions of the schema's author. */
  readonly patterns?: readonly RegExp[] | undefined
  readonly mediaTypes?: readonly string[] | undefined
}

interface Common {
  /** What an empty or absent field is: missing, `undefined` because it is optional, or `null`. */
  readonly empty: 'missing' | 'undefined' | 'null'
  /** What stands in the field before anything is typed. */
  readonly initial?: (() => unknown) | undefined
  readonly meta: FieldMeta
  readonly rules: FieldRules
}

/** A text; `coerced` where the schema would make a text of anything, so that a missing one is the empty text. */
export interface TextShape extends Common {
  readonly kind: 'text'
  readonly coerced?: boolean | undefined
}

/** Texts that a schema reads as yes and no; `on` only where it does not take a browser's own word for a ticked box. */
export interface SwitchWords {
  readonly on?: string | undefined
  readonly off: string
}

/** A yes or no; `words` where the schema itself reads the text, `mustBeOn` where only yes is accepted. */
export interface SwitchShape extends Common {
  readonly kind: 'boolean'
  readonly words?: SwitchWords | undefined
  readonly mustBeOn?: boolean | undefined
}

/** A value read from one text, or a file, or anything. */
export interface PlainShape extends Common {
  readonly kind: 'number' | 'bigint' | 'date' | 'file' | 'any'
}

/** One of a few values. */
export interface ChoiceShape extends Common {
  readonly kind: 'choice'
  readonly values: readonly unknown[]
}

/** A list; `item` gives the shape of the item at an index. */
export interface ListShape extends Common {
  readonly kind: 'list'
  readonly item: (index: number) => Shape
}

/** A group of fields. `rest` is the shape of fields it does not name; without it they are left out. */
export interface GroupShape extends Common {
  readonly kind: 'group'
  readonly fields: ReadonlyMap<string, () => Shape>
  readonly rest?: (() => Shape) | undefined
}

/** One of several shapes; `discriminator` names the field that decides between groups. */
export interface UnionShape extends Common {
  readonly kind: 'union'
  readonly options: readonly (() => Shape)[]
  readonly discriminator?: string | undefined
}

/** What a schema expects of a field. */
export type Shape = TextShape | SwitchShape | PlainShape | ChoiceShape | ListShape | GroupShape | UnionShape

/** What nothing is known about. */
export const ANY_SHAPE: Shape = Object.freeze({ kind: 'any', empty: 'missing', meta: {}, rules: {} })

/** A shape of which these are the values: a switch where they are yes and no, else one of a few. */
export function shapeOfValues(values: readonly unknown[], common: Common): SwitchShape | ChoiceShape {
  return values.every((value) => typeof value === 'boolean')
    ? { ...common, kind: 'boolean', mustBeOn: values.every(Boolean) }
    : { ...common, kind: 'choice', values }
}

/** The shape below a canonical name, or undefined where the schema has none. */
export function shapeAt(shape: Shape, keys: readonly string[]): Shape | undefined {
  let found: Shape | undefined = shape
  for (const key of keys) {
    found = found === undefined || key === '' ? found : shapeBelow(found, key)
  }
  return found
}

/** The shape of the field or item `key` of a shape, or undefined where there is none. */
export function shapeBelow(shape: Shape, key: string): Shape | undefined {
  switch (shape.kind) {
    case 'group':
      return (shape.fields.get(key) ?? shape.rest)?.()
    case 'list':
      return /^\d+$/.test(key) ? shape.item(Number(key)) : undefined
    case 'union':
      return shape.options.map((option) => shapeBelow(option(), key)).find((found) => found !== undefined)
    default:
      return undefined
  }
}
