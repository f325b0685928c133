import type { Mode } from '../config/mode.ts'
import type { Double } from '../extension/double.ts'
import type { LogSink } from '../log/log.ts'
import type { RoutePlacement } from '../routing/route-placement.ts'

/** Options of `micro`. */
export interface MicroOptions extends Pick<RoutePlacement, 'strictSlashes' | 'mergeSlashes' | 'automaticOptions'> {
  /** The highest layer of configuration, by namespace. */
  readonly config?: { readonly [namespace: string]: unknown }
  /** How the app runs, whatever the environment says. */
  readonly mode?: Mode
  /** Stand-ins for extensions, made by `double`. */
  readonly replace?: readonly Double[]
  /** Stands for the process's environment; `.env` files are then not read. */
  readonly env?: { readonly [name: string]: string | undefined }
  /** Directory of `templates/`, `static/` and `.env`, an absolute path; that of the module by default. */
  readonly root?: string
  /**
   * Directory for what the app keeps on this machine, an absolute path. By default `instance/` in the root, or in the working directory
   * for an app that is installed in `node_modules`. It is made on demand.
   */
  readonly instancePath?: string
  /** Name of the app, for pages and prompts; that of the module's file by default. */
  readonly name?: string
  /** Where log lines go, instead of the console. */
  readonly logSink?: LogSink
}
