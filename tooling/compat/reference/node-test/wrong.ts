/** Run by node:test, in a child, with a fault: one test is red, and says what a developer needs. */
import { testExtension } from '../../src/index.ts'
import { referenceSubject } from '../subject.ts'

await testExtension(referenceSubject('throws a foreign code'))
