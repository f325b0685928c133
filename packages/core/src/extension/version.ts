import satisfies from 'semver/functions/satisfies.js'

/** Version of this core, checked against the `core` range of extensions; a check keeps it equal to package.json's. */
export const CORE_VERSION = '1.0.0'

/**
 * Whether a version lies within a range (Semantic Versioning 2.0.0). A prerelease counts as the release that it precedes too, so that
 * an extension may be tried against the next version of what it needs.
 */
export function isWithin(version: string, range: string): boolean {
  const release = version.replace(/[-+].*$/, '')
  return satisfies(version, range, { includePrerelease: true }) || satisfies(release, range)
}
