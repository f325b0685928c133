import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { plainMessage } from '../src/plain-message.ts'
import { zodShape } from '../src/zod-shape.ts'

function said(schema: z.ZodType, value: unknown): string {
  const result = schema['~standard'].validate(value)
  if (result instanceof Promise || result.issues === undefined || result.issues[0] === undefined) {
    throw new Error('the value was accepted')
  }
  return plainMessage(result.issues[0], zodShape(schema))
}

const rows: readonly (readonly [schema: z.ZodType, value: unknown, message: string])[] = [
  [z.string(), undefined, 'Please fill in this field.'],
  [z.number(), null, 'Please fill in this field.'],
  [z.number(), 'x', 'Please enter a number.'],
  [z.int(), 1.5, 'Please enter a whole number.'],
  [z.bigint(), 'x', 'Please enter a whole number.'],
  [z.date(), 'x', 'Please enter a date.'],
  [z.boolean(), 'x', 'Please answer yes or no.'],
  [z.file(), 'x', 'Please choose a file.'],
  [z.array(z.string()), 'x', 'This is not accepted here.'],
  [z.string().min(1), '', 'Please fill in this field.'],
  [z.string().min(3), 'a', 'Please enter at least 3 characters.'],
  [z.string().max(3), 'aaaa', 'Please enter at most 3 characters.'],
  [z.array(z.string()).min(1), [], 'Please choose at least 1.'],
  [z.array(z.string()).max(1), ['a', 'b'], 'Please choose at most 1.'],
  [z.number().min(1), 0, 'Please enter 1 or more.'],
  [z.number().gt(1), 1, 'Please enter more than 1.'],
  [z.number().max(1), 2, 'Please enter 1 or less.'],
  [z.number().lt(1), 1, 'Please enter less than 1.'],
  [z.date().min(new Date('2026-01-01')), new Date('2025-01-01'), 'Please enter 2026-01-01 or later.'],
  [z.date().max(new Date('2026-01-01')), new Date('2027-01-01'), 'Please enter 2026-01-01 or earlier.'],
  [z.file().max(10), new File(['x'.repeat(11)], 'a'), 'The file is too large: it may have 10 bytes or less.'],
  [z.file().min(10), new File(['x'], 'a'), 'The file is too small: it needs 10 bytes or more.'],
  [z.enum(['a', 'b']), 'c', 'Please choose one of the options.'],
  [z.file().mime('image/png'), new File(['x'], 'a', { type: 'text/plain' }), 'Please choose a file of type image/png.'],
  [
    z.file().mime(['image/png', 'image/jpeg', 'image/webp']),
    new File(['x'], 'a', { type: 'text/plain' }),
    'Please choose a file of type image/png, image/jpeg or image/webp.',
  ],
  [z.enum(['image/png', 'image/jpeg']), 'c', 'Please choose one of the options.'],
  [z.file().mime('image/png', 'Mine.'), new File(['x'], 'a'), 'Mine.'],
  [z.literal(true), false, 'Please tick this box.'],
  [z.string().regex(/^secret$/), 'c', 'This is not written as asked for.'],
  // What zod says well enough already.
  [z.email(), 'c', 'Invalid email address'],
  // What the author says.
  [z.string('Mine.'), undefined, 'Mine.'],
  [z.string().min(1, 'Mine.'), '', 'Mine.'],
  [z.string().max(1, 'Mine.'), 'aa', 'Mine.'],
  [z.enum(['a', 'b'], 'Mine.'), 'c', 'Mine.'],
  [z.string().regex(/a/, 'Mine.'), 'c', 'Mine.'],
]

describe('plainMessage', () => {
  it.each(rows)('row %#: speaks to the person who filled in the form, unless the author does', (schema, value, message) => {
    expect(said(schema, value)).toBe(message)
  })

  it("leaves zod's other languages alone", () => {
    const { error } = z.number().safeParse('x', { error: z.locales.de().localeError })
    expect(plainMessage(error?.issues[0] ?? { message: '' })).toMatch(/^Ungültige Eingabe: /)
  })
})
