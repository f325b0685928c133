/** The Redis of this machine. */
import { connect } from 'node:net'

export const url: string = process.env.MICRO_TEST_REDIS_URL ?? 'redis://127.0.0.1:6379'

/** Whether somebody listens there. */
function listens({ hostname, port }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(port || 6379), hostname, () => resolve(socket.destroy() !== undefined)).on('error', () => resolve(false))
  })
}

export const isThere: boolean = await listens(new URL(url))
if (!isThere) {
  console.warn(`There is no Redis at ${new URL(url).host}: the tests of the Redis store are skipped. MICRO_TEST_REDIS_URL names another.`)
}
