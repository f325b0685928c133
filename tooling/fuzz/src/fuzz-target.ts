import type { IAsyncProperty } from 'fast-check'

/** A rule that holds for every input, and how to make inputs. */
export interface FuzzTarget {
  readonly name: string
  /** The rule, in one sentence. */
  readonly about: string
  readonly property: IAsyncProperty<unknown>
}
