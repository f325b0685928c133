import { describe, expect, it } from 'vitest'
import { localPath } from '../src/local-path.ts'

describe('localPath', () => {
  it.each<[path: string]>([
    ['/'],
    ['/notes'],
    ['/notes/?page=2&sort=a%20b#top'],
    ['/a%20b/%C3%BC'],
    ['/notes?next=https://example.com'],
    ['/notes//7'],
    ['/@ada'],
    ['/a:b@c'],
  ])('lets %j pass', (path) => {
    expect(localPath(path)).toBe(path)
  })

  it.each<[value: unknown]>([
    [''],
    ['notes'],
    ['?next=/'],
    ['#'],
    ['//evil.example'],
    ['///evil.example'],
    ['/\\evil.example'],
    ['\\/evil.example'],
    ['\\\\evil.example'],
    ['/\\/evil.example'],
    ['\t//evil.example'],
    ['/\t/evil.example'],
    ['/\n/evil.example'],
    ['/\r\nSet-Cookie: a=b'],
    [' /notes'],
    ['/ /evil.example'],
    ['https:evil.example'],
    ['https://evil.example'],
    ['https:///evil.example'],
    ['http:/evil.example'],
    ['javascript:alert(1)'],
    ['data:text/html,x'],
    ['//user:pass@evil.example'],
    ['/%2Fevil.example'],
    ['/%2f%2fevil.example'],
    ['/%5Cevil.example'],
    ['/%09/evil.example'],
    ['/%0d%0aSet-Cookie:%20a=b'],
    ['/.//evil.example'],
    ['/x/..//evil.example'],
    ['/%2e//evil.example'],
    ['/%'],
    ['/%ff'],
    ['/\u0000'],
    ['/\u2028/evil.example'],
    ['/\ufeff/evil.example'],
    [`/${'a'.repeat(2048)}`],
    [undefined],
    [null],
    [['/notes']],
  ])('refuses %j', (value) => {
    expect(localPath(value)).toBeUndefined()
  })

  it('never lets a path pass that a browser resolves to another host', () => {
    const pieces = ['/', '\\', '.', '..', '%2f', '%5c', '%2e', '\t', '@', ':', 'evil.example', '?', '#', 'x']
    let state = 7
    const next = (): number => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31
      return state
    }
    for (let round = 0; round < 20_000; round += 1) {
      const value = `/${Array.from({ length: 1 + (next() % 6) }, () => pieces[next() % pieces.length]).join('')}`
      const path = localPath(value)
      if (path !== undefined) {
        expect(new URL(path, 'https://here.example/a/b').host, value).toBe('here.example')
        expect(new URL(new URL(path, 'https://here.example/a/b').pathname, 'https://here.example/').host, value).toBe('here.example')
      }
    }
  })
})
