/** Writes the versions of the manifests into the source, after `changeset version`. */
import { checkVersions, writeVersions } from './versions.ts'

writeVersions()
const problems = checkVersions()
for (const problem of problems) {
  console.error(problem)
}
process.exitCode = problems.length === 0 ? 0 : 1
