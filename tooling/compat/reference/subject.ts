/** The reference extension as a subject of the suite, with a fault if one is named. */
import type { Context } from '@micro/core'
import type { Subject } from '../src/index.ts'
import type { Fault } from './faults.ts'
import { type Greeter, reference } from './reference.ts'

const TOKEN = 'a-token-nobody-may-see'
const greeterOf = (ctx: Context) => (ctx as Context & { readonly reference: Greeter }).reference

/** Makes it. */
export const referenceSubject = (fault?: Fault): Subject => ({
  create: () => reference(fault),
  module: new URL('./reference.ts', import.meta.url).href,
  otherConfig: { greeting: 'Good day' },
  misconfigure: [
    { config: { greeting: 7 }, key: 'greeting' },
    { config: { token: 7_777_777 }, key: 'token', secret: '7777777' },
    { config: { nested: { depth: 'deep' } }, key: 'nested.depth' },
  ],
  secret: { key: 'token', value: TOKEN },
  exercise: (ctx) => greeterOf(ctx).greet(),
  misuse: (ctx) => greeterOf(ctx).greetNobody(),
})
