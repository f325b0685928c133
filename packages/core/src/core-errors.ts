import { type ErrorFactory, errorTable } from './micro-error.ts'

/** Every code that core throws at developers. Codes are permanent; `docs/reference/errors.md` is held against this table. */
export const CORE_ERRORS = {
  MICRO_EXTENSION_NAME: {
    message: "An extension's name is one lower-case word ([a-z][a-z0-9]*): '{name}' is not.",
    fix: 'Choose another name.',
  },
  MICRO_EXTENSION_INVALID: {
    message: '.{method}() was given something that it cannot take: {what}.',
    fix: 'Give it the value that {factory} returns.',
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
  MICRO_PATH_INVALID: {
    message: "The path '{path}' of the route at {where} is not accepted: {problem}.",
    fix: 'A path is made of /literal, /:name, /:name<converter(arguments)> and, at its end, /:rest<path>.',
  },
  MICRO_CONVERTER_TAKEN: {
    message: "There is a converter '{name}' already.",
    fix: 'Choose another name.',
  },
  MICRO_ROUTE_TAKEN: {
    message: '{method} {path} is answered twice: by the route at {first} and by the one at {second}.',
    fix: 'Remove one of them, or change its path or method.',
  },
  MICRO_ROUTE_NAME_TAKEN: {
    message: "Two routes are named '{name}': the one at {first} and the one at {second}.",
    fix: 'Give one of them another name.',
  },
  MICRO_ROUTE_UNKNOWN: {
    message: "urlFor(): no route is named '{name}'.{hint}",
    fix: 'Routes get their names by { name: … } in their options; inside a blueprint the name is <blueprint>.<name>.',
  },
  MICRO_URL_VALUE: {
    message: "urlFor('{name}'): the param '{param}' of '{path}' {problem}.",
    fix: 'Give a value that the converter of the param accepts.',
  },
  MICRO_BLUEPRINT_TAKEN: {
    message: "A blueprint named '{name}' is registered already.",
    fix: 'Register it under another name: register(blueprint, { name: … }).',
  },
  MICRO_BLUEPRINT_NEED: {
    message: "blueprint '{name}' needs '{need}':",
    fix: 'install it first with .use().',
  },
  MICRO_BLUEPRINT_NAME: {
    message: "A blueprint's name is made of letters, digits, '-' and '_': '{name}' is not.",
    fix: 'Choose another name.',
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
  MICRO_HOOK_RESULT: {
    message: 'A {kind} hook of {owner} returned {what}.',
    fix: 'Return nothing, or a reply made by a method of ctx; a beforeRequest hook may return whatever a handler may.',
  },
  MICRO_RESPONSE_USED: {
    message: 'A handler returned a Response whose body has been read or sent already.',
    fix: 'Make a new one for each request.',
  },
  MICRO_BODY_CHUNK: {
    message: 'A streamed body gave {what}.',
    fix: 'Give texts and bytes (Uint8Array); encode other values before, for example with JSON.stringify.',
  },
  MICRO_HEADER_INVALID: {
    message: "The reply header '{name}' {problem}.",
    fix: 'Header names are tokens and values hold no control characters (RFC 9110 section 5): encode what comes from outside.',
  },
  MICRO_COOKIE_INVALID: {
    message: "The cookie '{name}' cannot be set: {problem}.",
    fix: 'See RFC 6265 section 4.1 for what names, values and attributes may hold.',
  },
  MICRO_STATUS_INVALID: {
    message: '{status} is no status of a reply.',
    fix: 'Use an integer from 200 to 599.',
  },
  MICRO_BODY_USED: {
    message: 'The body of this request has been read already (by {first}).',
    fix: 'Read it once and keep the result.',
  },
  MICRO_CONTEXT_ENDED: {
    message: 'ctx.onTeardown() was called after the request had ended.',
    fix: 'Await what you start in a handler before it returns.',
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
    fix: 'Keep one, or let the second say { replace: true }.',
  },
  MICRO_SESSION_TOO_LARGE: {
    message: 'The session would need a cookie of {bytes} bytes; browsers keep {limit}.',
    fix: 'Keep less in it: an id, and the rest in a database.',
  },
  MICRO_SESSION_VALUE: {
    message: "The session cannot keep what was put under '{key}': {problem}.",
    fix: 'Sessions hold what JSON can say.',
  },
  MICRO_NO_FILES: {
    message: '{what} needs a file system, and this runtime has none or the app was made without a directory.',
    fix: 'Pass import.meta of a file on disk to micro(), or set the root option.',
  },
  MICRO_APP_MISSING: {
    message: 'No app was found in {directory}: looked for {where}.',
    fix: 'Export one as default from app.ts, or name its module with --app path:export or MICRO_APP.',
  },
  MICRO_LISTEN: {
    message: 'The server cannot listen on {where}: {reason}.',
    fix: 'Choose another port (--port, MICRO_SERVER__PORT), or stop what listens there.',
  },
  MICRO_COMMAND_TAKEN: {
    message: "Two commands are named '{name}'.",
    fix: 'Give one of them another name.',
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

/** Permanent codes of core's errors: `switch (error.code)` narrows. */
export type CoreErrorCode = keyof typeof CORE_ERRORS

/** Makes an error of core's table. */
export const coreError: ErrorFactory<typeof CORE_ERRORS> = errorTable(CORE_ERRORS)
