import { afterEach, describe, expect, test, vi } from 'vitest'
import { BriefMemory } from '../src/files/brief-memory.ts'

afterEach(() => {
  vi.useRealTimers()
})

describe('BriefMemory', () => {
  test('recalls for a second', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 0 })
    const memory = new BriefMemory<string>()
    memory.keep('a', 'x')
    vi.setSystemTime(999)
    expect(memory.recall('a')).toBe('x')
    vi.setSystemTime(1000)
    expect(memory.recall('a')).toBeNull()
  })

  test('forgets on request, and knows nothing of others', () => {
    const memory = new BriefMemory<string>()
    memory.keep('a', 'x')
    expect(memory.recall('b')).toBeNull()
    memory.forget('a')
    expect(memory.recall('a')).toBeNull()
  })

  test('holds 2,000 things, of which the one kept longest ago goes first', () => {
    const memory = new BriefMemory<number>()
    for (let index = 0; index < 2000; index++) {
      memory.keep(String(index), index)
    }
    memory.keep('0', -1)
    memory.keep('one more', 2000)
    expect([memory.recall('0'), memory.recall('1'), memory.recall('2'), memory.recall('one more')]).toEqual([-1, null, 2, 2000])
  })
})
