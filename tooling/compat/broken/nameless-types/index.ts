/** Broken on purpose: what stands under its name has no name. */
import { type AnyExtension, defineExtension, options } from '@micro/core'

export function nameless(): AnyExtension {
  return defineExtension({
    name: 'nameless',
    version: '1.0.0',
    core: '^1.0.0',
    config: options({}),
    initApp: () => ({ app: { a: 1 }, context: () => ({ name: 'nameless' }) }),
  })
}
