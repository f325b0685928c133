import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, read } from '../workspace.ts'
import { referencePages } from './pages.ts'

/** The reference pages say what the source says. */
export async function checkReference(pages?: ReadonlyMap<string, string>): Promise<readonly string[]> {
  return [...(pages ?? (await referencePages()))].flatMap(([path, made]) => {
    const text = existsSync(join(ROOT, path)) ? read(path) : ''
    if (text === made) {
      return []
    }
    const [now, wanted] = [text.split('\n'), made.split('\n')]
    const line = wanted.findIndex((words, at) => words !== now[at])
    const at = line < 0 ? wanted.length : line + 1
    return [`${path}:${at} is not what the source says: run node --conditions=@micro/source tooling/checks/src/write-reference.ts.`]
  })
}
