import type { Double } from './double.ts'
import type { LogSink } from './log.ts'
import type { Mode } from './mode.ts'

/** Options of `micro`. */
export interface MicroOptions {
  /** The highest layer of configuration, by namespace. */
  readonly config?: { readonly [namespace: string]: unknown }
  /** How the app runs, whatever the environment says. */
  readonly mode?: Mode
  /** Stand-ins for extensions, made by `double`. */
  readonly replace?: readonly Double[]
  /** Stands for the process's environment; `.env` files are then not read. */
  readonly env?: { readonly [name: string]: string | undefined }
  /** Directory of `templates/`, `static/` and `.env`; that of the module by default. */
  readonly root?: string
  /** Directory for what the app keeps on this machine; `instance/` in the root by default. */
  readonly instancePath?: string
  /** Name of the app, for log lines and pages. */
  readonly name?: string
  /** Where log lines go, instead of the console. */
  readonly logSink?: LogSink
}
