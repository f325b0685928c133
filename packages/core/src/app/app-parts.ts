/** The parts that an app's author may change as extensions do. The app wins over them. Closed once it has started. */
import type { Registry } from '../extension/registry.ts'
import type { Setup } from '../extension/setup.ts'

/** `app.cli` and `app.session`. */
export type AppParts = Pick<Setup, 'cli' | 'session'>

const OWNER = 'app'

/** Makes the parts. `assertOpen` throws, naming the method, once the app has started. */
export function appParts(registry: Registry, assertOpen: (method: string) => void): AppParts {
  return {
    cli: {
      command: (name, options, run) => {
        assertOpen('cli.command')
        registry.commands.add(OWNER, name, options, run)
      },
      shell: (name, value) => {
        assertOpen('cli.shell')
        registry.commands.shell.set(name, value)
      },
    },
    session: {
      store: (store) => {
        assertOpen('session.store')
        registry.claim('session store', OWNER)
        registry.sessionStore = store
      },
      cookie: (choose) => {
        assertOpen('session.cookie')
        registry.claim('session cookie', OWNER)
        registry.sessionCookie = choose
      },
    },
  }
}
