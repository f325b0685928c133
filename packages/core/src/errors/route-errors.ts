/** The part of core's table of errors that is about routes, URLs, blueprints and options. */
export const ROUTE_ERRORS = {
  MICRO_PATH_INVALID: {
    message: "The path '{path}' of {where} is not accepted: {problem}.",
    fix: 'A path is made of /literal, /:name, /:name<converter(arguments)> and, at its end, /:rest<path>.',
  },
  MICRO_HOST_INVALID: {
    message: "The host '{host}' of {where} is not accepted: {problem}.",
    fix: "A host is made of labels between dots, each a text or a param: 'api.example.com', ':tenant.example.com'.",
  },
  MICRO_SUBDOMAIN: {
    message: 'A subdomain was given to {where}, but nobody says of which host.',
    fix: "Set config.server.publicUrl, such as 'https://example.com', or name the host with the option host.",
  },
  MICRO_METHOD_INVALID: {
    message: "{what} was given the method '{method}', which is none.",
    fix: 'A method is one word of letters, such as PROPFIND (RFC 9110 section 9).',
  },
  MICRO_ROUTE_ARGUMENTS: {
    message: 'The route {path} at {where} was given {count} arguments after its path.',
    fix: 'Give options or a list of middleware, then one handler: (path, [first, second], handler).',
  },
  MICRO_HANDLER_PARAMS: {
    message: 'The handler of the route {path} at {where} takes {count} params, and is given ctx alone.',
    fix: 'Write (ctx) => …; what calls next() is a middleware: make it with middleware(), and list it before the handler.',
  },
  MICRO_OPTIONS_INVALID: {
    message: '{what} has {given} as its {place}:',
    fix: 'write {instead}.',
  },
  MICRO_OPTION_UNKNOWN: {
    message: "{what} has the option '{option}', which is not known.{hint}",
    fix: 'Known here: {known}.',
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
  MICRO_ROUTE_NAME_DOT: {
    message: "The route at {where} is named '{name}': inside a blueprint a name holds no dot.",
    fix: 'Give it a name without a dot: the name of the blueprint is put in front of it.',
  },
  MICRO_ROUTE_UNKNOWN: {
    message: "urlFor(): no route is named '{name}'.{hint}",
    fix: 'Routes get their names by { name: … } in their options; inside a blueprint the name is <blueprint>.<name>.',
  },
  MICRO_URL_VALUE: {
    message: "urlFor('{name}'): {problem} (declared at {where}).",
    fix: 'Give each param a value that its converter accepts.',
  },
  MICRO_URL_METHOD: {
    message: "urlFor('{name}'): no route of that name answers {method}.",
    fix: 'Leave the method away, or give one of: {methods}.',
  },
  MICRO_URL_SCHEME: {
    message: "urlFor('{name}') {problem}.",
    fix: "A scheme is a word such as 'https', and makes the URL external.",
  },
  MICRO_URL_ORIGIN: {
    message: 'A whole URL was asked for outside a request, and no address is configured.',
    fix: "Set config.server.publicUrl (MICRO_SERVER__PUBLIC_URL), such as 'https://example.com', or use ctx.urlFor() in a request.",
  },
  MICRO_BLUEPRINT_SELF: {
    message: "The blueprint '{name}' would be registered inside itself.",
    fix: 'Register it in the app, or in another blueprint.',
  },
  MICRO_BLUEPRINT_CLOSED: {
    message: "blueprint '{name}': .{method}() was called after it had been registered in an app, which would not see it.",
    fix: 'Move the call above the line app.register(…): declare everything in the module that makes the blueprint.',
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
} as const
