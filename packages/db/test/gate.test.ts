import { describe, expect, it } from 'vitest'
import { Gate } from '../src/gate.ts'

describe('Gate', () => {
  it('lets one in at a time, in the order they came', async () => {
    const gate = new Gate()
    const order: number[] = []
    await Promise.all(
      [1, 2, 3].map(async (n) => {
        await gate.enter(1_000)
        order.push(n)
        await new Promise((resolve) => setTimeout(resolve, 5))
        order.push(n)
        gate.leave()
      }),
    )
    expect([order, gate.busy]).toEqual([[1, 1, 2, 2, 3, 3], false])
  })

  it('refuses who has waited long enough, and lets the one behind in', async () => {
    const gate = new Gate()
    await gate.enter(10)
    const late = gate.enter(10)
    const patient = gate.enter(1_000)
    await expect(late).rejects.toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
    gate.leave()
    await patient
    gate.leave()
    expect(gate.busy).toBe(false)
  })

  it('forgets who goes away while waiting, and who was gone before', async () => {
    const gate = new Gate()
    await gate.enter(10)
    const controller = new AbortController()
    const gone = gate.enter(1_000, controller.signal)
    controller.abort(new Error('gone'))
    await expect(gone).rejects.toThrow('gone')
    await expect(gate.enter(1_000, controller.signal)).rejects.toThrow('gone')
    gate.leave()
    expect(gate.busy).toBe(false)
  })

  it('refuses at once when very many wait', async () => {
    const gate = new Gate()
    await gate.enter(10)
    const waiting = Array.from({ length: 1_001 }, () =>
      gate.enter(10_000).then(
        () => gate.leave(),
        (error: unknown) => error,
      ),
    )
    expect(await waiting.at(-1)).toMatchObject({ status: 503 })
    gate.leave()
    await Promise.all(waiting)
    expect(gate.busy).toBe(false)
  })
})
