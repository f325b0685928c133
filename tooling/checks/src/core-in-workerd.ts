import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CoreOutcome } from '../../runtimes/src/core-worker.ts'
import { mustEqual } from './stage.ts'
import { serveInWorkerd } from './workerd.ts'
import { ROOT } from './workspace.ts'

const CORE = join(ROOT, 'packages/core')

/** Holds core, in workerd, against the rules that core keeps: with a second copy of it, from source. `parent` holds what is made for it. */
export async function coreInWorkerd(workerd: string, parent: string): Promise<string> {
  const directory = join(parent, 'core-in-workerd')
  const copy = join(directory, 'core')
  mkdirSync(copy, { recursive: true })
  cpSync(join(CORE, 'src'), join(copy, 'src'), { recursive: true })
  cpSync(join(CORE, 'package.json'), join(copy, 'package.json'))
  symlinkSync(join(CORE, 'node_modules'), join(copy, 'node_modules'))
  const entry = join(directory, 'entry.ts')
  const importsOf = (name: string, folder: string): readonly string[] =>
    ['index', 'current'].map((part) => `import * as ${name}_${part} from ${JSON.stringify(join(folder, `src/${part}.ts`))}`)
  writeFileSync(
    entry,
    [
      `import { coreWorker } from ${JSON.stringify(join(ROOT, 'tooling/runtimes/src/core-worker.ts'))}`,
      ...importsOf('one', CORE),
      ...importsOf('other', copy),
      "export default coreWorker({ main: one_index, current: one_current, folder: '' }, { main: other_index, current: other_current, folder: '' })",
    ].join('\n'),
  )
  const server = await serveInWorkerd(workerd, entry, directory)
  try {
    const { rules, failed } = (await (await fetch(server.url)).json()) as CoreOutcome
    mustEqual(failed, {}, 'rules that core breaks in workerd')
    return `${rules.length} rules: ${rules.join(', ')}`
  } finally {
    await server.stop()
  }
}
