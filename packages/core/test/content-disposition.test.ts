import { contentDisposition } from '@micro/core'
import { describe, expect, test } from 'vitest'

const rows: readonly (readonly [name: string, value: string])[] = [
  ['', 'attachment'],
  ['report.pdf', 'attachment; filename="report.pdf"'],
  ['my report (1).pdf', 'attachment; filename="my report (1).pdf"'],
  ['say "hi".txt', 'attachment; filename="say \\"hi\\".txt"'],
  ['naïve.txt', `attachment; filename="naive.txt"; filename*=UTF-8''na%C3%AFve.txt`],
  ['€ rates.csv', `attachment; filename="_ rates.csv"; filename*=UTF-8''%E2%82%AC%20rates.csv`],
  ['日本語.txt', `attachment; filename="___.txt"; filename*=UTF-8''%E6%97%A5%E6%9C%AC%E8%AA%9E.txt`],
  ['🐍.py', `attachment; filename="_.py"; filename*=UTF-8''%F0%9F%90%8D.py`],
  [`ä'()*!.txt`, `attachment; filename="a'()*!.txt"; filename*=UTF-8''%C3%A4%27%28%29%2A!.txt`],
  ['100%25.txt', `attachment; filename="100_25.txt"; filename*=UTF-8''100%2525.txt`],
  ['100% sure.txt', 'attachment; filename="100% sure.txt"'],
  ['../../etc/passwd', 'attachment; filename=".._.._etc_passwd"'],
  ['..\\..\\boot.ini', 'attachment; filename=".._.._boot.ini"'],
  ['a\r\nSet-Cookie: x=1', 'attachment; filename="a__Set-Cookie: x=1"'],
  ['a\0\x7f\x85b', 'attachment; filename="a___b"'],
  // Read from right to left it would end in .png.
  ['photo\u202egnp.exe', 'attachment; filename="photo_gnp.exe"'],
  // Compatibility forms of slashes must not become real ones.
  ['a\uff0fb.txt', `attachment; filename="a_b.txt"; filename*=UTF-8''a%EF%BC%8Fb.txt`],
  ['half \ud83d.txt', `attachment; filename="half _.txt"; filename*=UTF-8''half%20%EF%BF%BD.txt`],
]

describe('contentDisposition', () => {
  test.each(rows)('%j', (name, value) => {
    expect(contentDisposition('attachment', name)).toBe(value)
    expect(contentDisposition('inline', name)).toBe(value.replace('attachment', 'inline'))
    expect(value).toMatch(/^[\x20-\x7e]*$/)
  })
})
