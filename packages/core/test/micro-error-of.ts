import { isMicroError, type MicroError } from '@micro/core'

/** The `MicroError` that `run` throws or rejects with. */
export async function microErrorOf(run: () => unknown): Promise<MicroError> {
  try {
    await run()
  } catch (error) {
    if (isMicroError(error)) {
      return error
    }
    throw error
  }
  throw new Error('nothing was thrown')
}
