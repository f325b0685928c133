/** Imports the module that the command line names, and prints what that did: environment, timers, handles, sockets. Run as a child. */
import { added, openHandles } from './open-handles.ts'

const module = process.argv[2] as string
const deeds = new Set<string>()
const environment = process.env
process.env = new Proxy(environment, {
  get: (target, name) => {
    // Libraries of the runtime and of others read switches of their own; what counts is configuration.
    if (typeof name === 'string' && /^MICRO_|_URL$|_KEY$|_SECRET$|_TOKEN$/.test(name)) {
      deeds.add(`reads ${name} of the environment`)
    }
    return Reflect.get(target, name)
  },
})
for (const name of ['setInterval', 'setTimeout'] as const) {
  const original = globalThis[name] as (...args: unknown[]) => unknown
  Object.defineProperty(globalThis, name, {
    configurable: true,
    writable: true,
    value: (...args: unknown[]) => {
      deeds.add(`calls ${name}()`)
      return original(...args)
    },
  })
}
const before = openHandles()
await import(module)
// What it has begun gets the time to be there.
await new Promise((resolve) => setImmediate(resolve))
const after = openHandles()
for (const kind of added(before, after)) {
  deeds.add(`opens ${kind}`)
}
// What the module has left open keeps this process no longer.
process.stdout.write(`${JSON.stringify([...deeds])}\n`, () => process.exit(0))
