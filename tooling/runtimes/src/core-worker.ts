/** A Worker that holds core against every rule that core keeps, but for those about types; it answers with what failed. */
import { CORE_RULES, type Core } from '../../compat/twins/core-rules.ts'

/** What the Worker answers. */
export interface CoreOutcome {
  readonly rules: readonly string[]
  /** Rule and what was seen. */
  readonly failed: { readonly [rule: string]: string }
}

/** Makes it. `other` is a second copy of the same core. */
export function coreWorker(core: Core, other: Core): { fetch(): Promise<Response> } {
  return {
    async fetch() {
      const failed: { [rule: string]: string } = {}
      for (const [id, check] of Object.entries(CORE_RULES)) {
        await check(core, other).catch((error: Error) => {
          failed[id] = error.message
        })
      }
      return Response.json({ rules: Object.keys(CORE_RULES), failed } satisfies CoreOutcome)
    },
  }
}
