/** What stands under an extension's name: `A` on the app, `C` on the context. */
export interface Member<A = unknown, C = unknown> {
  readonly app: A
  readonly context: C
}

/** A member of a certain type that must be installed before. `range` is checked against the version its provider implements. */
export interface Need<M extends Member = Member, Optional extends boolean = boolean> {
  readonly range: string
  readonly optional: Optional
  /** A phantom: types only. */
  readonly '~member'?: M
}

/** Needs by the name under which the member must stand. */
export type Needs = { readonly [name: string]: Need }

/** Declares that a member of type `M` must be installed before, in a version within `range` (any by default). */
export const need: {
  <M extends Member>(range?: string): Need<M, false>
  /** The same, but the extension also works without it. */
  optional<M extends Member>(range?: string): Need<M, true>
} = Object.assign((range = '*') => ({ range, optional: false as const }), {
  optional: (range = '*') => ({ range, optional: true as const }),
})
