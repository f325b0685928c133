/** The checks of the house: each small, each naming the file and the fix. */
import { checkErrorTables } from './error-tables.ts'
import { checkExports } from './exports.ts'
import { checkFileSizes } from './file-sizes.ts'
import { checkFlaskTable } from './flask-table.ts'
import { checkLayers } from './layers.ts'
import { checkLinks } from './links.ts'
import { checkPackages } from './package-shape.ts'
import { checkProcessExit } from './process-exit.ts'
import { checkConfigKeys } from './reference/config-keys.ts'
import { checkReference } from './reference/fresh.ts'
import { checkDocstrings } from './reference/members.ts'
import { checkVersions } from './versions.ts'
import { checkWrittenTypes } from './written-types.ts'

const CHECKS: { readonly [name: string]: () => readonly string[] | Promise<readonly string[]> } = {
  checkFileSizes,
  checkLayers,
  checkPackages,
  checkVersions,
  checkWrittenTypes,
  checkErrorTables,
  checkDocstrings,
  checkReference,
  checkConfigKeys,
  checkExports,
  checkLinks,
  checkProcessExit,
  checkFlaskTable,
}

let failed = 0
for (const [name, check] of Object.entries(CHECKS)) {
  const problems = await check()
  failed += problems.length > 0 ? 1 : 0
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${name}`)
  for (const problem of problems) {
    console.log(`     ${problem}`)
  }
}
console.log(`${Object.keys(CHECKS).length - failed} passed, ${failed} failed, 0 skipped`)
process.exitCode = failed === 0 ? 0 : 1
