import { configPrecedence, configRefusal } from './config-sources.ts'
import { cookieHeader, cookieRoundTrip, sessionRoundTrip } from './cookies.ts'
import type { FuzzTarget } from './fuzz-target.ts'
import { multipartChunks, multipartCut } from './multipart.ts'
import { buildThenMatch, matchThenBuild } from './paths.ts'
import { buildThenMatchPlace, oneAddress } from './places.ts'

/** Everything that is fuzzed. */
export const TARGETS: readonly FuzzTarget[] = [
  buildThenMatch,
  matchThenBuild,
  buildThenMatchPlace,
  oneAddress,
  cookieRoundTrip,
  cookieHeader,
  sessionRoundTrip,
  configPrecedence,
  configRefusal,
  multipartChunks,
  multipartCut,
]
