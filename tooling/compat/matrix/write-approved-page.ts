/** Writes the page of approved extensions. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { approvedPage, readApproved } from './approved-list.ts'

writeFileSync(join(import.meta.dirname, '../../../docs/extensions/approved.md'), approvedPage(readApproved()))
