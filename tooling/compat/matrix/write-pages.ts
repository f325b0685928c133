/** Writes the pages that are made from this package's tables: approved extensions, and what is broken on purpose. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { approvedPage, readApproved } from './approved-list.ts'
import { brokenPage } from './broken-page.ts'

const FOLDER = join(import.meta.dirname, '../../../docs/extensions')

writeFileSync(join(FOLDER, 'approved.md'), approvedPage(readApproved()))
writeFileSync(join(FOLDER, 'broken.md'), brokenPage())
