/** `micro shell`: an interactive prompt with the app at hand. */
import type { Micro } from './micro.ts'

/**
 * Starts the app, opens a prompt with top-level `await` in which `app`, `ctx`, the extensions' members and what they put at hand for
 * the shell are there by name, and stops the app when the prompt ends.
 */
export async function openShell(app: Micro): Promise<number> {
  const { start } = await import('node:repl')
  try {
    await app.run(
      (ctx) =>
        new Promise<void>((resolve) => {
          const prompt = start({ prompt: `${app.name}> `, ignoreUndefined: true })
          const members = [...app.extensions].map(
            ({ name }) => [name, (app as unknown as { readonly [name: string]: unknown })[name]] as const,
          )
          const values = [...app['~registry'].commands.shell].map(([name, value]) => [name, value()] as const)
          Object.assign(prompt.context, { app, ctx }, Object.fromEntries([...members, ...values]))
          prompt.once('exit', resolve)
        }),
    )
  } finally {
    await app.stop()
  }
  return 0
}
