/** Errors of finding, commanding and serving an app: the part of core's table that the command line needs. */
export const LAUNCH_ERRORS = {
  MICRO_APP_MISSING: {
    message: 'No app was found in {directory}: looked for {where}.',
    fix: 'Export one as default from app.ts, or name its module with --app path:export or MICRO_APP.',
  },
  MICRO_APP_COMMONJS: {
    message: '{file} is written as a module, but {packageFile} says "type": "commonjs".',
    fix: 'Run: npm pkg set type=module',
  },
  MICRO_APP_EXPORT: {
    message: '{file} exports no app: {tried}.',
    fix: 'Export an app, or a function that makes one, as default; or name the export with --app path:export or MICRO_APP.',
  },
  MICRO_APP_SEVERAL: {
    message: '{file} exports several apps: {names}.',
    fix: 'Say which: --app {file}:{first}, or export one as default.',
  },
  MICRO_APP_ARGUMENTS: {
    message: "What stands in the parentheses of --app '{named}' is not JSON: {reason}.",
    fix: `Give JSON values with commas between them: --app 'app.ts:createApp({"name": "site"}, 5)'.`,
  },
  MICRO_APP_FACTORY: {
    message: '{name} of {file} takes {takes} argument(s), was called with {given}, and failed: {reason}.',
    fix: `Give them as JSON: --app '{file}:{name}({"key": "value"})'; or give the params default values.`,
  },
  MICRO_WORKERS_DIE: {
    message: 'The workers die one after the other as soon as they are started: {count} of them, the last one by {cause}.',
    fix: 'See the log for what each of them said, or start the app without workers to see it alone.',
  },
  MICRO_LISTEN: {
    message: 'The server cannot listen on {where}: {reason}.',
    fix: 'Choose another port (--port, MICRO_SERVER__PORT) or socket (--socket), or stop what listens there.',
  },
  MICRO_COMMAND_TAKEN: {
    message: "Two commands are named '{name}'.",
    fix: 'Give one of them another name.',
  },
  MICRO_COMMAND_FLAG: {
    message: "The command '{name}' declares {flag}, and every command has --{common}.",
    fix: 'Give the flag another name or letter.',
  },
} as const
