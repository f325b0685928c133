/** The session cookie of a reply, as the next request sends it; empty where it sets none, or deletes it. */
export const sessionOf = (headers: Headers): string =>
  /^session=([^;]*)/.exec(headers.getSetCookie().find((line) => line.startsWith('session=')) ?? '')?.[1] ?? ''

/** A request with a session's cookie, among others. */
export const withCookie = (value: string): { readonly headers: { readonly cookie: string } } => ({
  headers: { cookie: `other=1; session=${value}` },
})
