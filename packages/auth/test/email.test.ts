import { describe, expect, it } from 'vitest'
import { normaliseEmail } from '../src/email.ts'

describe('normaliseEmail', () => {
  it.each<[given: string, normal: string]>([
    ['ada@example.com', 'ada@example.com'],
    ['  Ada.Lovelace@EXAMPLE.com ', 'ada.lovelace@example.com'],
    ['ada＠example.com', 'ada@example.com'],
    ['ａｄａ@example.com', 'ada@example.com'],
    ['\u212Aelvin@example.com', 'kelvin@example.com'],
    ['zoe\u0308@example.com', 'zoë@example.com'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['ada+notes@localhost', 'ada+notes@localhost'],
    ['\u2121@example.com', 'tel@example.com'],
  ])('makes %j into %j', (given, normal) => {
    expect(normaliseEmail(given)).toBe(normal)
  })

  it.each<[value: unknown]>([
    [''],
    ['ada'],
    ['@example.com'],
    ['ada@'],
    ['ada@b@example.com'],
    ['ada＠b@example.com'],
    ['a da@example.com'],
    ['ada@example.com\r\nBcc: b@example.com'],
    ['ada\u0000@example.com'],
    ['"ada"@example.com'],
    ['<ada@example.com>'],
    ['ada@-example.com'],
    ['ada@exa_mple.com'],
    ['ada@example..com'],
    ['ada@example.com/../x'],
    ['ada@example.com:80'],
    ['ada@example.com#x'],
    ['ada@example.com\\x'],
    ['ada@127.1'],
    ['ada@2130706433'],
    [`${'a'.repeat(65)}@example.com`],
    [`ada@${'a.'.repeat(126)}com`],
    ['a'.repeat(1_000_000)],
    [{ $ne: 1 }],
    [['ada@example.com']],
    [null],
    [undefined],
  ])('takes no %j for an address', (value) => {
    expect(normaliseEmail(value)).toBeUndefined()
  })

  it('is stable: normalising once more changes nothing', () => {
    for (const email of ['Straße@example.com', 'İstanbul@example.com', 'ﬁ@example.com', 'ſ@EXAMPLE.com', 'ada@ⓔxample.com']) {
      const once = normaliseEmail(email)
      expect(normaliseEmail(once)).toBe(once)
    }
  })
})
