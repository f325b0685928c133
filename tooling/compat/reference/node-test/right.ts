/** Run by node:test, in a child: no runner is named here. */
import { testExtension } from '../../src/index.ts'
import { referenceSubject } from '../subject.ts'

await testExtension(referenceSubject())
