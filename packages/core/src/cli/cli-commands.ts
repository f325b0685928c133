/** Core's own commands. */
import type { OwnCommand } from './cli-call.ts'
import { cliCheck } from './cli-check.ts'
import { cliConfig } from './cli-config.ts'
import { cliExtensions } from './cli-extensions.ts'
import { cliRoutes } from './cli-routes.ts'
import { cliRun } from './cli-run.ts'
import { cliShell } from './cli-shell.ts'

/** Core's own commands by name. */
export const OWN_COMMANDS: { readonly [name: string]: OwnCommand } = {
  run: cliRun,
  routes: cliRoutes,
  config: cliConfig,
  extensions: cliExtensions,
  check: cliCheck,
  shell: cliShell,
}
