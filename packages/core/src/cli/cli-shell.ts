/** `micro shell`: an interactive prompt with the app at hand. */

import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import type { REPLServer } from 'node:repl'
import type { Micro } from '../app/micro.ts'
import { CORE_VERSION } from '../extension/version.ts'
import type { Context } from '../request/context.ts'
import { UsageError } from './cli-args.ts'
import type { OwnCommand } from './cli-call.ts'
import type { CliOutput } from './cli-output.ts'
import { columns } from './cli-table.ts'

export const cliShell: OwnCommand = {
  options: {
    description:
      'Opens a prompt with the app, its context and its members at hand; await works. What was typed is kept in instance/shell-history, unless the shell reads a file or another program.',
    examples: ['micro shell', 'echo \'await db.selectFrom("note").selectAll().execute()\' | micro shell'],
  },
  run: async (call) => {
    if (call.line.isTest) {
      throw new UsageError('micro shell goes on until somebody ends it: a test does not run it.')
    }
    const { app, problems } = await call.load()
    return problems.length > 0 ? call.complain(problems) : openShell(app, call.line.output)
  },
}

/**
 * Starts the app, opens a prompt with top-level `await` in which `app`, `ctx`, the extensions' members and what they put at hand for
 * the shell are there by name, and stops the app when the prompt ends.
 */
async function openShell(app: Micro, output: CliOutput): Promise<number> {
  const { start } = await import('node:repl')
  const isPerson = process.stdin.isTTY === true && process.stdout.isTTY === true
  try {
    await app.run(async (ctx) => {
      const values = shellMembers(app, ctx)
      if (isPerson) {
        const names = Object.keys(values).join(', ')
        output.print(`Micro ${CORE_VERSION} · Node ${process.versions.node} · ${app.name} (${app.mode})`)
        output.print(`${columns([[`At hand: ${names}. await works; Ctrl+D leaves.`]]).join('\n')}\n`)
      }
      const prompt = start({ prompt: isPerson ? `${app.name}> ` : '', ignoreUndefined: true })
      const ended = once(prompt, 'exit')
      Object.assign(prompt.context, values)
      prompt.on('reset', (context) => Object.assign(context, values))
      if (isPerson) {
        keepHistory(prompt, app.instancePath)
      }
      await ended
    })
  } finally {
    await app.stop()
  }
  return 0
}

/** What is at hand by name: `app`, `ctx`, the members of extensions, and what they and the app add. */
function shellMembers(app: Micro, ctx: Context): { readonly [name: string]: unknown } {
  const members = [...app.extensions].map(({ name }) => [name, (app as unknown as { readonly [name: string]: unknown })[name]] as const)
  const values = [...app['~registry'].commands.shell].map(([name, value]) => [name, value()] as const)
  return { app, ctx, ...Object.fromEntries([...members, ...values]) }
}

/** A prompt works without it, such as where nothing can be written. */
function keepHistory(prompt: REPLServer, instancePath: string | undefined): void {
  if (instancePath === undefined) {
    return
  }
  try {
    mkdirSync(instancePath, { recursive: true })
  } catch {
    return
  }
  prompt.setupHistory(`${instancePath}/shell-history`, () => undefined)
}
