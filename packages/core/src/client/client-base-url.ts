/** What the paths of a client are resolved against. */
export function baseUrlOf({
  baseUrl = 'http://localhost',
  subdomain,
}: {
  readonly baseUrl?: string | undefined
  readonly subdomain?: string | undefined
}): string {
  return subdomain === undefined ? baseUrl : baseUrl.replace('://', `://${subdomain}.`)
}
