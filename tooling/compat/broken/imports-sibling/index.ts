/** Broken on purpose: it loads an extension that it does not need by name. */
import { type AnyExtension, type Context, defineExtension, type Extension, type Member, options } from '@micro/core'
import { forms } from '@micro/forms'

/** `ctx.sibling`. */
export interface Sibling {
  readonly name: string
}

/** What stands under the name. */
export interface SiblingMember extends Member<undefined, Sibling> {}

/** The extension. */
export interface SiblingExtension extends Extension<'sibling', SiblingMember> {}

/** Makes it. */
export function sibling(): AnyExtension {
  const context = (_ctx: Context): Sibling => ({ name: forms().name })
  return defineExtension({ name: 'sibling', version: '1.0.0', core: '^1.0.0', config: options({}), initApp: () => ({ context }) })
}
