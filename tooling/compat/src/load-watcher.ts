/** Imports the module that the command line names, and prints the URL of each module that was loaded for it. Run as a child. */
import * as modules from 'node:module'

// Not every runtime tells what it loads.
const { registerHooks } = modules as { readonly registerHooks?: typeof modules.registerHooks }
const seen = new Set<string>()
registerHooks?.({
  load(url, context, next) {
    seen.add(url)
    return next(url, context)
  },
})
await import(process.argv[2] as string)
process.stdout.write(`${JSON.stringify(registerHooks === undefined ? null : [...seen])}\n`, () => process.exit(0))
