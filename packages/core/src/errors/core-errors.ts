import { LAUNCH_ERRORS } from './launch-errors.ts'
import { type ErrorFactory, errorTable } from './micro-error.ts'
import { REPLY_ERRORS } from './reply-errors.ts'
import { ROUTE_ERRORS } from './route-errors.ts'
import { TESTING_ERRORS } from './testing-errors.ts'

const OWN_ERRORS = {
  MICRO_EXTENSION_NAME: {
    message: "An extension's name is one lower-case word ([a-z][a-z0-9]*): '{name}' is not.",
    fix: 'Choose another name.',
  },
  MICRO_EXTENSION_INVALID: {
    message: '.{method}() was given something that it cannot take: {what}.',
    fix: 'Give it the value that {factory} returns.',
  },
  MICRO_USE_MIDDLEWARE: {
    message: '.use() was given a middleware, and installs extensions.',
    fix: 'A middleware belongs to a route (use: [timed]); for every request there are hooks: beforeRequest, afterRequest.',
  },
  MICRO_PROTOCOL: {
    message: "Extension '{name}' was made for protocol {theirs}; this core speaks protocol {ours}.",
    fix: 'Install versions of the two packages that share a protocol.',
  },
  MICRO_CORE_RANGE: {
    message: "Extension '{name}' {version} was made for @micro/core {range}; this is @micro/core {core}.",
    fix: 'Update the older of the two: npm install @micro/core@latest, or a newer version of the extension.',
  },
  MICRO_NAME_RESERVED: {
    message: "extension '{name}': '{name}' is a member of core's own;",
    fix: "choose another name, with .as('…') where the extension has it.",
  },
  MICRO_NAME_TAKEN: {
    message: "extension '{name}' is already installed ({other}):",
    fix: "give the second one another name with .as('…').",
  },
  MICRO_NEED_MISSING: {
    message: "'{name}' needs '{need}', which is not installed:",
    fix: 'install it first with .use(): an extension that provides it, such as {hint}.',
  },
  MICRO_NEED_ORDER: {
    message: "'{name}' needs '{need}', which is installed after it:",
    fix: "put the .use() of '{need}' before the one of '{name}'.",
  },
  MICRO_NEED_RANGE: {
    message: "'{name}' needs '{need}' {range}; the one installed implements {version}:",
    fix: "install a version of '{need}' within {range}.",
  },
  MICRO_INIT_ASYNC: {
    message: "initApp of extension '{name}' returned a promise: it must be synchronous.",
    fix: 'Do what needs waiting in app.onStart().',
  },
  MICRO_SETUP_CLOSED: {
    message: "initApp of extension '{name}' has ended, but app.{method}() was called after it.",
    fix: 'Declare everything before initApp returns.',
  },
  MICRO_META_MISSING: {
    message: "{factory}() was given {what} in the place of the module's import.meta.",
    fix: 'Write {factory}(import.meta, …): templates and static files are found beside the module.',
  },
  MICRO_APP_OPTION: {
    message: 'micro(): the option {option} {problem}.',
    fix: 'See the options of micro() in the guide.',
  },
  MICRO_CLASS_BASE: {
    message: '{method}() returned something that does not extend the class it was given.',
    fix: 'Return class extends Base { … }, or Base itself.',
  },
  MICRO_APP_STARTED: {
    message: 'app.{method}() was called after the app had started: its set-up is closed.',
    fix: 'Call it before start(), run() or the first request.',
  },
  MICRO_APP_STOPPED: {
    message: 'The app has been stopped and cannot be used again.',
    fix: 'Make a new one: createApp().',
  },
  MICRO_START_FAILED: {
    message: 'A start hook of {owner} failed: {reason}.',
    fix: 'What had been started before it has been stopped again; see the cause.',
  },
  MICRO_START_TIMEOUT: {
    message: 'A start hook of {owner} took longer than {ms} ms.',
    fix: 'Find what it waits for, or give it more time: config.server.startTimeoutMs.',
  },
  MICRO_STOP_FAILED: {
    message: 'Stopping failed in {count} hook(s): {owners}.',
    fix: 'Every other hook was run; see the errors of this one.',
  },
  MICRO_STOP_TIMEOUT: {
    message: 'A stop hook of {owner} took longer than {ms} ms.',
    fix: 'Find what it waits for, or give it more time: config.server.stopTimeoutMs.',
  },
  MICRO_CONFIG_UNKNOWN: {
    message: "There is no configuration key '{key}' (from {source}).{hint}",
    fix: 'Known here: {known}.',
  },
  MICRO_CONFIG_INVALID: {
    message: 'Configuration {key} = {value} (from {source}) is not accepted: {problem}.',
    fix: 'Accepted: {accepted}.',
  },
  MICRO_CONFIG_DEPRECATED: {
    message: 'Configuration {key} (from {source}) is deprecated: it still works, and will be removed.',
    fix: '{instead}',
  },
  MICRO_CONFIG_FILE: {
    message: 'The configuration file {file} cannot be read: {reason}.',
    fix: 'It must hold one JSON object.',
  },
  MICRO_CONFIG_SCHEMA: {
    message: "The configuration schema of extension '{name}' {problem}.",
    fix: 'Make it with options({ … }) of @micro/core, or a synchronous object schema that implements Standard Schema and Standard JSON Schema.',
  },
  MICRO_SECRET_MISSING: {
    message: 'The configuration key secretKey has no value (from no source), and this is production.',
    fix: 'Set MICRO_SECRET_KEY to a long random text, such as the output of: openssl rand -base64 48.',
  },
  MICRO_SECRET_SHORT: {
    message: 'The secret key (from {source}) has {length} characters; 32 or more are needed.',
    fix: 'Set MICRO_SECRET_KEY to a long random text, such as the output of: openssl rand -base64 48. In development, delete the file: another is made.',
  },
  MICRO_MODE_INVALID: {
    message: "MICRO_MODE is '{mode}' (from {source}).",
    fix: 'Use development, test or production.',
  },
  MICRO_MIDDLEWARE_NEED: {
    message: "The route {path} at {where} uses a middleware that needs '{need}':",
    fix: 'install it first with .use().',
  },
  MICRO_MIDDLEWARE_INVALID: {
    message: 'The route {path} at {where} lists something that is no middleware.',
    fix: 'Make it with middleware(), or give the value a library exports as one.',
  },
  MICRO_NEXT_TWICE: {
    message: 'A middleware of the route {path} called next() twice.',
    fix: 'Call it once, or not at all to answer early.',
  },
  MICRO_MIDDLEWARE_RESULT: {
    message: 'Middleware {place} of the route {path} at {where} returned {what}.',
    fix: 'Return the result of next(), or a reply to answer early.',
  },
  MICRO_HANDLER_INVALID: {
    message: 'The route {path} at {where} has no handler: {what} was given.',
    fix: 'Give a function (ctx) => ….',
  },
  MICRO_HANDLER_RESULT: {
    message: 'The handler of {method} {path} at {where} returned {what}.',
    fix: 'Return a string, an object, bytes, a stream or a Response; to say nothing, return ctx.reply(null, 204).',
  },
  MICRO_MOUNT_INVALID: {
    message: "mount('{prefix}') was given something that it cannot take: {what}.",
    fix: 'Give it a fetch handler (request) => Response, or an object that has one under fetch.',
  },
  MICRO_MOUNT_RESULT: {
    message: "What is mounted at '{prefix}' gave {what}, which is no Response.",
    fix: 'Mount a fetch handler; a (req, res) handler, such as an Express app, is mounted by fromNode(handler) of @micro/core/node.',
  },
  MICRO_HOOK_RESULT: {
    message: 'A {kind} hook of {owner} returned {what}.',
    fix: 'Return nothing, or a reply made by a method of ctx; a beforeRequest hook may return whatever a handler may.',
  },
  MICRO_ERROR_TARGET: {
    message: 'onError() was given {problem}.',
    fix: 'Give it a status from 400 to 599 or a class of errors, and a function (error, ctx) => reply.',
  },
  MICRO_ERROR_HANDLER_RESULT: {
    message: 'The error handler of {owner} for {target} returned {what}.',
    fix: 'Return what a handler may return: a string, an object, a reply of ctx.',
  },
  MICRO_ERROR_STATUS: {
    message: '{status} is no status of an error.',
    fix: 'Use an integer from 400 to 599; a redirect is returned, or thrown by abort(ctx.redirect(…)).',
  },
  MICRO_TEMPLATE_MISSING: {
    message: "There is no template '{name}'. Looked in: {places}.",
    fix: 'Create it in one of these directories, or correct the name.',
  },
  MICRO_TEMPLATE_FAILED: {
    message: 'Template {name}, line {line}: {problem}.',
    fix: 'See the source around that line:\n{source}',
  },
  MICRO_PART_TAKEN: {
    message: 'Two parties set the {what}: {first} and {second}.',
    fix: 'Keep one: by { replace: true } where the call of the second takes it, or by an option of the second that leaves this to the first.',
  },
  MICRO_SESSION_TOO_LARGE: {
    message: 'The session would need a cookie of {bytes} bytes; browsers keep {limit}.',
    fix: 'Keep less in it: an id, and the rest in a database.',
  },
  MICRO_JSON_VALUE: {
    message: 'A value cannot be written as JSON: {place} {problem}.',
    fix: 'Give its text (String(value)) or a plain copy instead, or set app.json to a provider that knows it.',
  },
  MICRO_SESSION_VALUE: {
    message: "The session cannot keep what was put under '{key}': {problem}.",
    fix: 'Keep texts, finite numbers, booleans, null, and lists and plain objects of them.',
  },
  MICRO_SESSION_SAVED: {
    message: 'The session was changed where no reply can carry its cookie: the reply has begun, or there is none.',
    fix: 'Change it before the handler returns: not in a stream, in a teardown, or in app.run().',
  },
  MICRO_SESSION_STORE_FAILED: {
    message: 'The session store of {owner} could not {verb} a session: {reason}.',
    fix: 'Look after the store. Requests that need a session are answered with 503 until it works.',
  },
  MICRO_SESSION_STORE_ASYNC: {
    message: 'The session store of {owner} gave a promise where the session had not been read before its request.',
    fix: "If it says 'isSynchronous', take that from it. Listeners of signals find no session in the requests of static files.",
  },
  MICRO_RESOURCE_PATH: {
    message: "'{path}' names no file below {directory}.",
    fix: 'Give a path that is relative to that directory and does not lead out of it.',
  },
  MICRO_NO_FILES: {
    message: '{what} needs a file system, and this runtime has none or the app was made without a directory.',
    fix: 'Pass import.meta of a file on disk to micro(), or set the root option.',
  },
  MICRO_SIGNAL_NAME: {
    message: "The name of a signal is made of lower-case words with ':' or '-' between them: '{name}' is not.",
    fix: "Choose another name, such as 'query:start'.",
  },
  MICRO_HOOK_PHASE: {
    message: "There is no phase '{phase}'.",
    fix: 'The phases are: {known}.',
  },
  MICRO_DOUBLE_UNUSED: {
    message: "micro(…, { replace }) has a double of '{name}', but no extension of that name was installed.",
    fix: 'Remove the double, or install the extension that it replaces.',
  },
  MICRO_NO_CURRENT: {
    message: 'current() was called outside a request, a command and app.run().',
    fix: 'Call it inside one, or wrap the code in app.run(() => …). The entry @micro/core/current must be imported before the app starts.',
  },
  MICRO_CURRENT_NEED: {
    message: "current() was asked for '{need}', which the app at hand does not have:",
    fix: 'install it first with .use().',
  },
} as const

/** Every code that core throws at developers. Codes are permanent; `docs/reference/errors.md` is checked against this table. */
export const CORE_ERRORS: typeof OWN_ERRORS & typeof LAUNCH_ERRORS & typeof REPLY_ERRORS & typeof ROUTE_ERRORS & typeof TESTING_ERRORS = {
  ...OWN_ERRORS,
  ...LAUNCH_ERRORS,
  ...REPLY_ERRORS,
  ...ROUTE_ERRORS,
  ...TESTING_ERRORS,
}

/** Permanent codes of core's errors: `switch (error.code)` narrows. */
export type CoreErrorCode = keyof typeof CORE_ERRORS

/** Makes an error of core's table. */
export const coreError: ErrorFactory<typeof CORE_ERRORS> = errorTable(CORE_ERRORS)
