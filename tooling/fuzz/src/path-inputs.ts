/** Paths of routes, and values for their params. */
import fc, { type Arbitrary } from 'fast-check'

/** A segment of a route's path with a value that it can hold; literals have no name. */
export interface SegmentInput {
  readonly text: string
  readonly name: string | undefined
  readonly value: unknown
}

/** A route's path and the values of its params. */
export interface RouteInput {
  readonly path: string
  readonly values: { readonly [name: string]: unknown }
}

const unit = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...'abcXYZ019-_.~') },
  { weight: 3, arbitrary: fc.constantFrom(...'%+ &=?#;,@$!\'()*:<>[]{}|\\^`"/') },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
)

/** Texts that are awkward in a path. */
export const awkwardText: Arbitrary<string> = fc.string({ unit, minLength: 1, maxLength: 12 })

/** Whether a text among these values has `.` or `..` for a segment: clients resolve them before they ask. */
export function resolvedByClients(values: { readonly [name: string]: unknown }): boolean {
  return Object.values(values).some((value) =>
    String(value)
      .split('/')
      .some((part) => part === '.' || part === '..'),
  )
}

const literal: Arbitrary<SegmentInput> = awkwardText
  .filter((text) => !/[:<>{}*?#/]/.test(text) && !resolvedByClients({ text }))
  .map((text) => ({ text, name: undefined, value: undefined }))

const segmentText = awkwardText.filter((text) => !text.includes('/'))

const converters: { readonly [converter: string]: Arbitrary<unknown> } = {
  '': segmentText,
  '<string>': segmentText,
  '<string(min=2, max=5)>': segmentText.filter((text) => text.length >= 2 && text.length <= 5),
  '<int>': fc.maxSafeInteger(),
  '<int(min=-5, max=5)>': fc.integer({ min: -5, max: 5 }),
  '<int(digits=4)>': fc.nat(9_999),
  '<float>': fc.double({ noNaN: true, noDefaultInfinity: true }),
  '<uuid>': fc.uuid(),
  '<any(red,green)>': fc.constantFrom('red', 'green'),
}

const param: Arbitrary<SegmentInput> = fc
  .constantFrom(...Object.keys(converters))
  .chain((converter) => (converters[converter] ?? fc.constant('')).map((value) => ({ text: converter, name: 'p', value })))

const rest: Arbitrary<SegmentInput> = fc
  .array(awkwardText, { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join('/'))
  .filter((value) => !resolvedByClients({ value }))
  .map((value) => ({ text: '<path>', name: 'rest', value }))

/** One route and values that its params can hold. */
export const routeInput: Arbitrary<RouteInput> = fc
  .tuple(fc.array(fc.oneof(literal, param), { maxLength: 4 }), fc.option(rest, { nil: undefined, freq: 3 }))
  .filter(([segments, last]) => segments.length > 0 || last !== undefined)
  .map(([segments, last]) => routeOf(last === undefined ? segments : [...segments, last]))

function routeOf(segments: readonly SegmentInput[]): RouteInput {
  const values: { [name: string]: unknown } = {}
  const parts = segments.map((segment, index) => {
    if (segment.name === undefined) {
      return segment.text
    }
    const name = segment.name === 'rest' ? 'rest' : `p${index}`
    values[name] = segment.value
    return `:${name}${segment.text}`
  })
  return { path: `/${parts.join('/')}`, values }
}
