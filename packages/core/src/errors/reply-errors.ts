/** The part of core's table of errors that is about what requests and replies may hold. */
export const REPLY_ERRORS = {
  MICRO_RESPONSE_USED: {
    message: 'A handler returned a Response whose body has been read or sent already.',
    fix: 'Make a new one for each request.',
  },
  MICRO_BODY_CHUNK: {
    message: 'A streamed body gave {what}.',
    fix: 'Give texts and bytes (Uint8Array); encode other values before, for example with JSON.stringify.',
  },
  MICRO_BODY_LENGTH: {
    message: "A streamed body has {bytes} bytes, and its reply announces '{length}' (Content-Length).",
    fix: 'Leave the header out, or announce what the body has: the next reply of a connection begins where this one says that it ends.',
  },
  MICRO_OWN_REPLY: {
    message: '{method}() of a class made from Micro gave {what}, which is no reply.',
    fix: 'Return what super.{method}() gives, or a reply made by a method of ctx.',
  },
  MICRO_HEADER_INVALID: {
    message: "The reply header '{name}' {problem}.",
    fix: 'Header names are tokens and values hold no control characters (RFC 9110 section 5): encode what comes from outside.',
  },
  MICRO_COOKIE_INVALID: {
    message: "The cookie '{name}' cannot be set: {problem}.",
    fix: 'See RFC 6265 section 4.1 for what names, values and attributes may hold.',
  },
  MICRO_MEDIA_TYPE: {
    message: "There is no media type '{name}'.",
    fix: 'Write it in full (application/vnd.api+json), or as a usual extension of file names (html, json, csv).',
  },
  MICRO_CACHE_CONTROL: {
    message: 'Cache-Control cannot be set: {problem}.',
    fix: 'See RFC 9111 section 5.2.2 for what the directives mean.',
  },
  MICRO_COOKIE_TOO_LARGE: {
    message: "The cookie '{name}' has {bytes} bytes; browsers drop those of more than {limit} without a word.",
    fix: 'Keep an id in it, and the rest in a session store or a database (config.limits.cookieBytes is the limit).',
  },
  MICRO_STATUS_INVALID: {
    message: '{status} is no status of a reply.',
    fix: 'Use an integer from 200 to 599.',
  },
  MICRO_BODY_USED: {
    message: 'The body of this request has been read already, by {first}; {second} came too late.',
    fix: 'Read it in one way, and before that say what it may hold. A method that reads it whole gives the same again when it is called again.',
  },
  MICRO_LIMIT_INVALID: {
    message: 'The limit {name} is {value}.',
    fix: 'A limit is a whole number of 0 or more; left out, the limit of the configuration holds.',
  },
  MICRO_CONTEXT_ENDED: {
    message: 'ctx.onTeardown() was called after the request had ended.',
    fix: 'Await what you start in a handler before it returns.',
  },
  MICRO_BODY_TAKEN: {
    message: 'The body of this request was read before it came to the app, by something in front of toNode(app), such as express.json().',
    fix: 'Put toNode(app) before it, or let it read the bodies of other paths only.',
  },
  MICRO_BODY_UNINVITED: {
    message: 'The body of this request was asked for after its reply had begun, and its client waits to be invited before it sends one.',
    fix: 'Read it before the first part of a streamed reply: where a request says Expect: 100-continue, reading it is the invitation.',
  },
  MICRO_REPLY_MADE: {
    message: '{method} was called where no reply is to come: it has been made already, or this is app.run().',
    fix: 'Call it in a hook, in middleware or in the handler; before a stream is returned, whose head is sent ahead of it.',
  },
} as const
