/** Writes the reference pages that are made from the source. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { referencePages } from './reference/pages.ts'
import { ROOT } from './workspace.ts'

for (const [path, text] of await referencePages()) {
  writeFileSync(join(ROOT, path), text)
}
