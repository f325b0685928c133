import { availableParallelism } from 'node:os'

/** The core that every measured server runs on. */
export const SERVER_CORE = 0

/** The core that the load comes from. */
export const LOAD_CORE = 1

/** Command and arguments that run a program on one core alone. `taskset` replaces itself by the program, so the process id is the program's. */
export function onCore(core: number, program: string, args: readonly string[]): readonly [string, string[]] {
  return ['taskset', ['--cpu-list', String(core), program, ...args]]
}

/** @throws Error where the figures would mean nothing. */
export function checkMachine(): void {
  if (process.platform !== 'linux') {
    throw new Error(
      `the bench reads the run times of threads from /proc and pins processes with taskset: it needs Linux, this is ${process.platform}`,
    )
  }
  if (availableParallelism() < 2) {
    throw new Error('the bench needs two cores: one for the servers, one for the load')
  }
}
