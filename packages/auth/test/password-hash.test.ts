import { describe, expect, it } from 'vitest'
import { formatHash, parseHash } from '../src/password-hash.ts'

const ARGON2 = '$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$5LAPJTrPmPHCtH30crSzxNlG8Vy8BPJz7CAFHNfTaOY'
const SCRYPT = '$scrypt$ln=14,r=8,p=5$AAECAwQFBgcICQoLDA0ODw$5LAPJTrPmPHCtH30crSzxNlG8Vy8BPJz7CAFHNfTaOY'

describe('parseHash', () => {
  it.each([ARGON2, SCRYPT])('gives back what formatHash makes: %s', (text) => {
    const hash = parseHash(text)
    expect(hash === undefined ? undefined : formatHash(hash)).toBe(text)
  })

  it.each<[string, string]>([
    ['', 'nothing'],
    ['correct horse', 'a password in clear'],
    ['$2b$10$abcdefghijklmnopqrstuu', 'bcrypt'],
    [ARGON2.replace('v=19', 'v=16'), 'an older version of Argon2'],
    [ARGON2.replace('argon2id', 'argon2i'), 'another variant'],
    [ARGON2.replace('m=19456', 'm=9999999'), 'ten gigabytes'],
    [ARGON2.replace('t=2', 't=999'), 'hours of work'],
    [ARGON2.replace('t=2', 't=0'), 'no work'],
    [ARGON2.replace('m=19456', 'm=7'), 'less memory than lanes need'],
    [SCRYPT.replace('ln=14', 'ln=40'), 'a terabyte'],
    [SCRYPT.replace('r=8', 'r=0'), 'no blocks'],
    [`${ARGON2}\n`, 'a line break after it'],
    [`${ARGON2}$more`, 'more after it'],
  ])('does not take %j for a hash: %s', (text) => {
    expect(parseHash(text)).toBeUndefined()
  })
})
