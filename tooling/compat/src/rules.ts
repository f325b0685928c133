import type { Rule } from './rule.ts'
import { anyOrder, nothingUnasked, ownCodes } from './rules/being-used.ts'
import { frozenConfig, namespaceChecked } from './rules/configuration.ts'
import { noSharedState, properName, quietImport } from './rules/definition.ts'
import { needsOnly, onlyDeclares, visible } from './rules/installation.ts'
import { lazyMember, stopsCleanly, teardownsRunOnce } from './rules/life.ts'
import { cheap, leavesTheRest, namedInterfaces, nothingDeprecated } from './rules/over-time.ts'

/** Every rule that an extension can break, in the order of the protocol. */
export const RULES: readonly Rule[] = [
  quietImport,
  noSharedState,
  properName,
  namespaceChecked,
  frozenConfig,
  onlyDeclares,
  needsOnly,
  visible,
  stopsCleanly,
  lazyMember,
  teardownsRunOnce,
  anyOrder,
  nothingUnasked,
  ownCodes,
  nothingDeprecated,
  cheap,
  leavesTheRest,
  namedInterfaces,
]
