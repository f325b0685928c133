/** Visitors who ask one thing after the other while something else happens, and what became of every request. */
import { Agent } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import { form, visit } from './https-visit.ts'

const VISITORS = 8
const MOST_REQUESTS = 4_000
const MOST_MS = 25_000
const PAUSE_MS = 20

/** What became of them. */
export interface LoadReport {
  readonly requests: number
  /** Entries that somebody was told are signed. */
  readonly signed: number
  /** Every answer that was not the one expected. */
  readonly lost: readonly string[]
  /** Processes that answered. */
  readonly processes: ReadonlySet<number>
  readonly slowestMs: number
}

/** Runs `meanwhile` under load; it is told which processes have answered so far. */
export async function underLoad(port: number, meanwhile: (processes: ReadonlySet<number>) => Promise<unknown>): Promise<LoadReport> {
  const processes = new Set<number>()
  const lost: string[] = []
  const agent = new Agent({ keepAlive: true, maxSockets: VISITORS })
  const end = performance.now() + MOST_MS
  let [requests, signed, slowestMs, isOver] = [0, 0, 0, false]

  async function once(): Promise<void> {
    const isForm = ++requests % 4 === 0
    const began = performance.now()
    const answer = await visit(port, isForm ? '/' : '/seen', {
      ...(isForm ? form({ name: 'Load', text: String(requests) }) : {}),
      agent,
    }).catch((error: Error) => ({ status: 0, text: error.message }))
    slowestMs = Math.max(slowestMs, performance.now() - began)
    if (answer.status !== (isForm ? 303 : 200)) {
      lost.push(`${isForm ? 'POST' : 'GET'}: ${answer.status} ${answer.text.slice(0, 200)}`)
    } else if (isForm) {
      signed++
    } else {
      processes.add(JSON.parse(answer.text).process)
    }
  }

  const visitors = Array.from({ length: VISITORS }, async () => {
    while (!isOver && requests < MOST_REQUESTS && performance.now() < end) {
      await once()
      await pause(PAUSE_MS)
    }
  })
  try {
    await meanwhile(processes)
  } finally {
    isOver = true
    await Promise.all(visitors)
    agent.destroy()
  }
  return { requests, signed, lost, processes, slowestMs }
}
