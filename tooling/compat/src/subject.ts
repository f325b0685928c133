import type { AnyExtension, Context } from '@micro/core'

/** A configuration that the extension must refuse. */
export interface Misconfiguration {
  /** What is given for its namespace. */
  readonly config: { readonly [key: string]: unknown }
  /** The key that the error must name, below the namespace: `poolSize`. */
  readonly key: string
  /** A text that the error must not show: the value of a secret. */
  readonly secret?: string
}

/** An extension under test, and how to use it. */
export interface Subject {
  /** Makes the extension, as the author of an app does. Called many times. */
  readonly create: () => AnyExtension
  /** The module it comes from, as an app imports it: a package, or the URL of a file. Rules about imports look at it. */
  readonly module?: string
  /** A configuration of its namespace that works in a test: no server, no file that others see. */
  readonly config?: { readonly [key: string]: unknown }
  /** A second one that differs, for the rule that two apps do not disturb each other; the first if there is nothing to differ in. */
  readonly otherConfig?: { readonly [key: string]: unknown }
  /** Configurations that it must refuse. An unknown key is tried by itself. */
  readonly misconfigure: readonly Misconfiguration[]
  /** A secret of its configuration with a value that works: it must show up in no log line, error or listing. */
  readonly secret?: { readonly key: string; readonly value: string }
  /** Uses the context member for what it is there for, inside a handler. Its result is compared between apps and orders. */
  readonly exercise: (ctx: Context) => unknown
  /** Makes a mistake as a developer may, inside a handler: the extension's own error is expected. */
  readonly misuse: (ctx: Context) => unknown
  /** Extensions that must be installed before it. */
  readonly peers?: () => readonly AnyExtension[]
  /** Configuration of the peers, by name. */
  readonly peerConfig?: { readonly [name: string]: { readonly [key: string]: unknown } }
  /** Codes of deprecations that it still meets, because it runs on older cores too. */
  readonly deprecated?: readonly string[]
  /** What an unrelated request may cost more with it installed, in percent of CPU; 3 by default. */
  readonly costPercent?: number
}
