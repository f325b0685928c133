/** The extension rules on other runtimes: the official extensions pass, and the reference extension's faults are seen. */
import type { RulesOutcome } from '../../runtimes/src/rules.ts'
import { run } from './command.ts'
import { mustEqual } from './stage.ts'
import { ROOT, read } from './workspace.ts'

const LIST = 'tooling/runtimes/unseen-faults.json'

/** A runtime, and how it runs a module from source. */
export interface RulesRuntime {
  readonly name: string
  readonly command: readonly [string, ...string[]]
}

/** Runs the rules there. Resolves with what to say. @throws Error where an extension breaks a rule, or other faults are unseen than listed. */
export async function rulesElsewhere({ name, command }: RulesRuntime): Promise<string> {
  const [program, ...args] = command
  const output = await run(program, [...args, '--conditions=@micro/source', 'tooling/runtimes/src/rules.ts'], {
    cwd: ROOT,
    timeoutMs: 240_000,
    alone: true,
  })
  const { extensions, faults, survivors } = JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as RulesOutcome
  for (const extension of extensions) {
    mustEqual({ failed: extension.failed, unasked: extension.unasked }, { failed: [], unasked: [] }, `${extension.name} on ${name}`)
  }
  const list = JSON.parse(read(LIST)) as { readonly [runtime: string]: { readonly reason: string; readonly faults: readonly string[] } }
  mustEqual([...survivors].sort(), [...(list[name]?.faults ?? [])].sort(), `faults that are not seen on ${name}, and those on ${LIST}`)
  return `${extensions.map((extension) => `${extension.name} ${extension.passed}`).join(', ')}; ${faults - survivors.length} of ${faults} faults seen`
}
