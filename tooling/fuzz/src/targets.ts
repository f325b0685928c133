import { configPrecedence, configRefusal } from './config-sources.ts'
import { cookieHeader, cookieRoundTrip, sessionRoundTrip } from './cookies.ts'
import type { FuzzTarget } from './fuzz-target.ts'
import { multipartChunks, multipartCut } from './multipart.ts'
import { buildThenMatch, matchThenBuild } from './paths.ts'

/** Everything that is fuzzed. */
export const TARGETS: readonly FuzzTarget[] = [
  buildThenMatch,
  matchThenBuild,
  cookieRoundTrip,
  cookieHeader,
  sessionRoundTrip,
  configPrecedence,
  configRefusal,
  multipartChunks,
  multipartCut,
]
