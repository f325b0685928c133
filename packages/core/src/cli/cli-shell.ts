/** `micro shell`: an interactive prompt with the app at hand. */

import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { REPLServer } from 'node:repl'
import { PassThrough, type Readable } from 'node:stream'
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
 * the shell are there by name, and stops the app when the prompt ends. Returns the exit code: 1 where what a program wrote failed.
 */
async function openShell(app: Micro, output: CliOutput): Promise<number> {
  const { start } = await import('node:repl')
  const isPerson = process.stdin.isTTY === true && process.stdout.isTTY === true
  try {
    return await app.run(async (ctx) => {
      const values = shellMembers(app, ctx)
      if (isPerson) {
        const names = Object.keys(values).join(', ')
        output.print(`Micro ${CORE_VERSION} · Node ${process.versions.node} · ${app.name} (${app.mode})`)
        output.print(`${columns([[`At hand: ${names}. await works; Ctrl+D leaves.`]]).join('\n')}\n`)
      }
      const prompt = start(
        isPerson
          ? { prompt: `${app.name}> `, ignoreUndefined: true }
          : { prompt: '', ignoreUndefined: true, input: new PassThrough(), output: process.stdout, terminal: false },
      )
      const ended = once(prompt, 'exit')
      Object.assign(prompt.context, values)
      prompt.on('reset', (context) => Object.assign(context, values))
      if (!isPerson) {
        return (await succeeds(prompt, process.stdin, ended)) ? 0 : 1
      }
      keepHistory(prompt, app.instancePath)
      await ended
      return 0
    })
  } finally {
    await app.stop()
  }
}

/**
 * Gives the prompt what a program wrote, line by line, each when the one before has ended: for itself it waits for a person only.
 * Returns whether nothing failed.
 */
async function succeeds(prompt: REPLServer, input: Readable, ended: Promise<unknown>): Promise<boolean> {
  let isOpen = true
  prompt.once('exit', () => {
    isOpen = false
  })
  for await (const line of createInterface({ input })) {
    const isReady = new Promise<void>((resolve) => {
      prompt.displayPrompt = () => resolve()
    })
    prompt.write(`${line}\n`)
    await Promise.race([isReady, ended])
    if (!isOpen) {
      return prompt.context._error === undefined
    }
  }
  // With nothing left to read it asks for the rest of a statement, if it has only a part of one.
  prompt.displayPrompt = Object.getPrototypeOf(prompt).displayPrompt
  prompt.displayPrompt()
  const isWhole = prompt.getPrompt() === ''
  prompt.close()
  await ended
  return isWhole && prompt.context._error === undefined
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
