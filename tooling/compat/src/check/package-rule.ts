import type { Outcome } from '../rule.ts'
import type { PackageManifest } from './manifest.ts'

/** A package as it is checked. */
export interface PackageUnderTest {
  /** Folder that its package.json lies in. */
  readonly folder: string
  readonly manifest: PackageManifest
  /** Folder that the command was called in: tools and peers that the package does not bring are looked for there. */
  readonly from: string
}

/** Something that a package must keep, whatever its extension does. */
export interface PackageRule {
  readonly id: string
  readonly title: string
  check(subject: PackageUnderTest): Promise<Outcome> | Outcome
}
