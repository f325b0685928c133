import { readdirSync, readFileSync } from 'node:fs'

/**
 * CPU time in nanoseconds that the live threads of a process have used, as the kernel's scheduler counts it: the first field of
 * `/proc/<pid>/task/<tid>/schedstat`. Threads that have ended are not in it, so compare two readings of a process whose threads stay.
 * @throws Error without `/proc`, or if the process is gone.
 */
export function cpuTimeNs(pid: number): number {
  let total = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      total += Number.parseInt(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1'), 10)
    } catch (error) {
      if (!isGone(error)) {
        throw error
      }
    }
  }
  return total
}

/** Resident memory of a process in bytes. @throws Error without `/proc`, or if the process is gone. */
export function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
  if (kilobytes === undefined) {
    throw new Error(`process ${pid} has no resident memory: it has ended`)
  }
  return Number(kilobytes) * 1024
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')
}
