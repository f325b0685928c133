/** Members that extensions and middleware add to contexts. */

import { blame } from '../hooks/hooks.ts'
import type { Context } from './context.ts'
import type { RequestContext } from './request-context.ts'

/** Makes one context member. */
export type MemberFactory = (ctx: Context) => unknown

/** Puts a middleware's additions on a context, over a member of the same name. */
export function addMembers(ctx: RequestContext, additions: object): void {
  const target = ctx as unknown as { [name: string]: unknown }
  for (const name of Object.keys(additions)) {
    const value = (additions as { readonly [name: string]: unknown })[name]
    if (name in target) {
      // Members are getters, which an assignment does not replace.
      Object.defineProperty(target, name, { value, configurable: true, enumerable: true, writable: true })
    } else {
      target[name] = value
    }
  }
}

/** A member that could not be made: asked for again, it fails again for the same reason. */
class Unmade {
  readonly reason: unknown

  constructor(reason: unknown) {
    this.reason = reason
  }
}

/** Stands for a member that was made, and is undefined. */
const NOTHING: unique symbol = Symbol('undefined')

/** The context class of one app: each member is made on first use, once a request. */
export function contextClass(
  Base: typeof RequestContext,
  members: readonly (readonly [name: string, make: MemberFactory])[],
): typeof RequestContext {
  const AppContext = class extends Base {}
  members.forEach(([name, make], slot) => {
    Object.defineProperty(AppContext.prototype, name, {
      configurable: true,
      get(this: RequestContext): unknown {
        this.memberSlots ??= new Array<unknown>(members.length)
        let member = this.memberSlots[slot]
        if (member === undefined) {
          const made = makeMember(this, name, make)
          member = made === undefined ? NOTHING : made
          this.memberSlots[slot] = member
        }
        if (member instanceof Unmade) {
          throw member.reason
        }
        return member === NOTHING ? undefined : member
      },
    })
  })
  return AppContext
}

function makeMember(ctx: RequestContext, name: string, make: MemberFactory): unknown {
  const outer = ctx.memberOwner
  ctx.memberOwner = name
  try {
    return make(ctx)
  } catch (error) {
    blame(error, name)
    return new Unmade(error)
  } finally {
    ctx.memberOwner = outer
  }
}
