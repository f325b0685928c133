import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import * as mini from 'zod/mini'
import { fieldAttributes } from '../src/field-attributes.ts'
import { printAttributes } from '../src/html-attributes.ts'
import { isSecret } from '../src/secret-field.ts'
import { zodShape } from '../src/zod-shape.ts'

type Row = readonly [schema: z.ZodType, attributes: string]

const inputs: readonly Row[] = [
  [z.string(), 'type="text"'],
  [z.string().optional(), 'type="text"'],
  [z.string().min(1), 'type="text" required minlength="1"'],
  [z.string().min(2).min(3).max(9).max(8), 'type="text" required minlength="3" maxlength="8"'],
  [z.string().length(5), 'type="text" required minlength="5" maxlength="5"'],
  [z.string().min(1).optional(), 'type="text" minlength="1"'],
  [z.string().min(1).nullable(), 'type="text" minlength="1"'],
  [z.string().min(1).default('x'), 'type="text" minlength="1"'],
  [z.string().trim().min(1).max(80), 'type="text" required minlength="1" maxlength="80"'],
  [z.email().max(80), 'type="email" required maxlength="80"'],
  [z.url(), 'type="url" required'],
  [z.httpUrl(), 'type="url" required'],
  [z.iso.date(), 'type="date" required'],
  [z.iso.time(), 'type="time" required'],
  [z.iso.datetime(), 'type="text" required'],
  [z.e164(), 'type="tel" required'],
  [z.string().startsWith('a'), 'type="text" required'],
  [z.string().toLowerCase(), 'type="text"'],
  [z.number(), 'type="number" required step="any"'],
  [z.number().min(0).max(10), 'type="number" required min="0" max="10" step="any"'],
  [z.int().min(1), 'type="number" required min="1"'],
  [z.int().gt(1).lt(9), 'type="number" required min="2" max="8"'],
  [z.number().gt(1), 'type="number" required step="any"'],
  [z.number().multipleOf(0.5), 'type="number" required step="0.5"'],
  [z.number().optional(), 'type="number" step="any"'],
  // Browsers count steps from the least value.
  [z.int().min(1).multipleOf(12), 'type="number" required min="12" step="12"'],
  [z.int().min(24).multipleOf(12), 'type="number" required min="24" step="12"'],
  [z.number().min(-2).max(9).multipleOf(5), 'type="number" required min="0" max="9" step="5"'],
  [z.number().min(0.3).multipleOf(0.1), 'type="number" required min="0.3" step="0.1"'],
  [z.number().min(0.25).multipleOf(0.1), 'type="number" required min="0.3" step="0.1"'],
  [z.int().min(0.5), 'type="number" required min="1"'],
  [z.bigint().min(-7n).multipleOf(5n), 'type="number" required min="-5" step="5"'],
  [z.bigint().min(7n).multipleOf(5n), 'type="number" required min="10" step="5"'],
  [z.bigint().min(10n).multipleOf(5n), 'type="number" required min="10" step="5"'],
  [z.bigint().min(1n), 'type="number" required min="1"'],
  [z.date().min(new Date('2026-01-01')), 'type="date" required min="2026-01-01"'],
  [z.boolean(), 'type="checkbox"'],
  [z.literal(true), 'type="checkbox" required'],
  [z.enum(['a', 'b']), 'type="text" required'],
  [z.file().mime(['image/png', 'image/jpeg']), 'type="file" required accept="image/png,image/jpeg"'],
  [z.array(z.file()).optional(), 'type="file" multiple'],
  [z.array(z.file()).min(1), 'type="file" required multiple'],
  // Each box or input of a group has one item: none of them must be there.
  [z.array(z.enum(['a', 'b'])).min(1), 'type="text"'],
  [z.string().transform(Number), 'type="text"'],
  [z.string().meta({ type: 'search', placeholder: 'Find', autocomplete: 'off' }), 'type="search" autocomplete="off" placeholder="Find"'],
  // Patterns: what browsers would drop or read otherwise is left out.
  [z.string().regex(/^[a-z]+$/), 'type="text" required pattern="[a-z]+"'],
  [z.string().regex(/^(a|b)$/), 'type="text" required pattern="(a|b)"'],
  [z.string().regex(/^a|b$/), 'type="text" required'],
  [z.string().regex(/[a-z]+/), 'type="text" required'],
  [z.string().regex(/^[a-z]*$/i), 'type="text"'],
  [z.string().regex(/^[\w_-]+$/), 'type="text" required'],
  [z.string().regex(/^a\$$/), 'type="text" required pattern="a\\$"'],
  [z.string().regex(/^a\$/), 'type="text" required'],
  [z.string().regex(/^"$/), 'type="text" required pattern="&quot;"'],
  [z.string().regex(/^a$/).regex(/^b$/), 'type="text" required'],
]

describe('fieldAttributes', () => {
  it.each(inputs)('of an input: row %#', (schema, attributes) => {
    expect(printAttributes(fieldAttributes(zodShape(schema), 'input', false)).toString()).toBe(attributes)
  })

  it('knows no type, value or bounds of a textarea and a select', () => {
    const print = (schema: z.ZodType, element: 'textarea' | 'select') =>
      printAttributes(fieldAttributes(zodShape(schema), element, false)).toString()
    expect(print(z.string().min(1).max(9).regex(/^a$/), 'textarea')).toBe('required minlength="1" maxlength="9"')
    expect(print(z.enum(['a', 'b']), 'select')).toBe('required')
    expect(print(z.enum(['', 'b']), 'select')).toBe('')
    expect(print(z.array(z.enum(['a', 'b'])).min(1), 'select')).toBe('required multiple')
  })

  it.each([z.string(), z.email(), z.any(), z.unknown(), z.string().or(z.literal('')), z.array(z.string())])(
    'gives a secret the type password: row %#',
    (schema) => {
      expect(fieldAttributes(zodShape(schema), 'input', true).type).toBe('password')
    },
  )
})

describe('zodShape', () => {
  it('reads meta of classic and mini schemas, the outer one first', () => {
    expect(zodShape(z.string().meta({ title: 'Inner', description: 'kept' }).optional().meta({ label: 'Outer' })).meta).toEqual({
      label: 'Outer',
      description: 'kept',
    })
    expect(zodShape(mini.string().register(mini.globalRegistry, { title: 'Mini' })).meta).toEqual({ label: 'Mini' })
  })

  it('says of one schema the same shape', () => {
    const schema = z.string()
    expect(zodShape(schema)).toBe(zodShape(schema))
  })
})

describe('isSecret', () => {
  it.each([
    ['password', true],
    ['newPassword', true],
    ['passphrase', true],
    ['apiToken', true],
    ['client_secret', true],
    ['pin', true],
    ['cvc', true],
    ['otp', true],
    ['confirmpassword', true],
    ['password_confirmation', true],
    ['secretKey', true],
    ['SECRET_KEY', true],
    ['clientsecret', true],
    ['access-token', true],
    ['title', false],
    ['secretary', false],
    ['tokenCount', false],
    ['token_count', false],
    ['token-limit', false],
    ['maxTokens', false],
    ['pinned', false],
    ['laptop', false],
    ['compass', false],
  ])('by the name %s: %s', (key, expected) => {
    expect(isSecret(zodShape(z.string()), key)).toBe(expected)
  })

  it.each([
    [z.string().or(z.literal('')), true],
    [z.int(), true],
    [z.coerce.number(), true],
    [z.bigint(), true],
    [z.date(), true],
    [z.enum(['a', 'b']), true],
    [z.any(), true],
    [z.unknown(), true],
    [z.preprocess((value) => value, z.string()), true],
    [z.array(z.string()), true],
    [z.boolean(), false],
    [z.object({}), false],
    [z.file(), false],
    [z.array(z.file()), false],
  ])('by its name, whatever is typed in it, but no switch, group or file: row %#', (schema, expected) => {
    expect(isSecret(zodShape(schema), 'passwords')).toBe(expected)
  })

  it('by what the schema says, above all', () => {
    expect(isSecret(zodShape(z.string().meta({ secret: true })), 'title')).toBe(true)
    expect(isSecret(zodShape(z.string().meta({ type: 'password' })), 'title')).toBe(true)
    expect(isSecret(zodShape(z.array(z.string().meta({ secret: true }))), 'titles')).toBe(true)
    expect(isSecret(zodShape(z.string().meta({ secret: true }).or(z.literal(''))), 'title')).toBe(true)
    expect(isSecret(zodShape(z.string().meta({ secret: false })), 'password')).toBe(false)
    expect(isSecret(zodShape(z.enum(['a', 'b']).meta({ secret: false })), 'password')).toBe(false)
    expect(isSecret(zodShape(z.boolean()), 'changePassword')).toBe(false)
  })
})
