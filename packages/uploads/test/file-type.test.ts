import { describe, expect, test } from 'vitest'
import { SNIFF_BYTES, sniffType, type UploadType } from '../src/file-type.ts'

const bytes = (...parts: (string | readonly number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))))

describe('sniffType', () => {
  test.each<[what: string, head: Buffer, type: UploadType]>([
    ['PNG', bytes('\x89PNG\r\n\x1a\n', [0, 0, 0, 13]), 'image/png'],
    ['a PNG whose line break was converted', bytes('\x89PNG\n\x1a\n'), 'application/octet-stream'],
    ['JPEG', bytes([0xff, 0xd8, 0xff, 0xe0], 'JFIF'), 'image/jpeg'],
    ['GIF 87a', bytes('GIF87a', [1, 0]), 'image/gif'],
    ['GIF 89a', bytes('GIF89a', [1, 0]), 'image/gif'],
    ['GIF of another version, which is text', bytes('GIF90a'), 'text/plain'],
    ['WebP', bytes('RIFF', [1, 0, 0, 0], 'WEBPVP8 '), 'image/webp'],
    ['WAV', bytes('RIFF', [1, 0, 0, 0], 'WAVE'), 'application/octet-stream'],
    ['AVIF', bytes([0, 0, 0, 28], 'ftypavif', [0, 0, 0, 0], 'avifmif1miaf'), 'image/avif'],
    ['AVIF sequence', bytes([0, 0, 0, 20], 'ftypavis', [0, 0, 0, 0], 'msf1'), 'image/avif'],
    ['AVIF by a compatible brand', bytes([0, 0, 0, 24], 'ftypmif1', [0, 0, 0, 0], 'mif1avif'), 'image/avif'],
    ['MP4', bytes([0, 0, 0, 20], 'ftypisom', [0, 0, 0, 0], 'mp41'), 'application/octet-stream'],
    ['MP4 with a brand as its version', bytes([0, 0, 0, 20], 'ftypisom', 'avif', 'mp41'), 'application/octet-stream'],
    ['a brand beyond the box', bytes([0, 0, 0, 16], 'ftypisom', [0, 0, 0, 0], 'avif'), 'application/octet-stream'],
    ['PDF', bytes('%PDF-1.7\n'), 'application/pdf'],
    ['PDF after something else', bytes('\n%PDF-1.7\n'), 'text/plain'],
    ['HTML', bytes('<!doctype html><script>alert(1)</script>'), 'text/plain'],
    ['SVG', bytes('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'), 'text/plain'],
    ['text in UTF-8', Buffer.from('Grüße ✓\r\n\t\f'), 'text/plain'],
    ['text in Latin-1', Buffer.from('Grüße', 'latin1'), 'application/octet-stream'],
    ['text in UTF-16', Buffer.from('\ufeffhi', 'utf16le'), 'application/octet-stream'],
    ['text with a NUL', bytes('a\0b'), 'application/octet-stream'],
    ['text with an escape', bytes('a\x1b[31m'), 'application/octet-stream'],
    ['ZIP', bytes('PK\x03\x04'), 'application/octet-stream'],
    ['ELF', bytes('\x7fELF'), 'application/octet-stream'],
    ['nothing', bytes(), 'application/octet-stream'],
    ['a short file', bytes([0xff, 0xd8]), 'application/octet-stream'],
  ])('tells %s', (_, head, type) => {
    expect(sniffType(head)).toBe(type)
  })

  test('forgives a character that only the end of what is looked at cuts', () => {
    const long = Buffer.from('ä'.repeat(SNIFF_BYTES))
    expect(sniffType(Buffer.concat([Buffer.from('x'), long]).subarray(0, SNIFF_BYTES))).toBe('text/plain')
    expect(sniffType(Buffer.from('xä').subarray(0, 2))).toBe('application/octet-stream')
  })

  test('looks at no more than the first bytes, in no time', () => {
    const huge = Buffer.alloc(50_000_000, 0x61)
    huge[SNIFF_BYTES] = 0
    const started = performance.now()
    expect(sniffType(huge)).toBe('text/plain')
    expect(performance.now() - started).toBeLessThan(50)
  })
})
