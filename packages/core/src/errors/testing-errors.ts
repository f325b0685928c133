/** The part of core's table of errors that is about the tools for tests. */
export const TESTING_ERRORS = {
  MICRO_CLIENT_REQUEST: {
    message: 'The test client cannot send {method} {path}: {problem}.',
    fix: 'Give one of form, json and body, and a path or an http URL.',
  },
  MICRO_CLIENT_REDIRECT: {
    message: 'The test client does not follow the {status} of {from} to {to}: {problem}.',
    fix: "Look at the reply itself with { redirects: false }, or follow redirects to other hosts with { redirects: 'anywhere' }.",
  },
  MICRO_CLIENT_COOKIES: {
    message: 'This test client keeps no cookies: it was made with { cookies: false }.',
    fix: 'Use another client for this.',
  },
  MICRO_CLIENT_SESSION: {
    message: 'The session that client.session() wrote for {url} is lost: {problem}.',
    fix: "Give the client a baseUrl, or client.session() a URL, that the session's cookie is for; and hold the store to its contract.",
  },
  MICRO_CLIENT_APP: {
    message: 'client.{method}() looks into an app, and this client talks to something else.',
    fix: 'Use the client of app.client().',
  },
} as const
