/** What `npm install` is called with: a registry that does not answer is asked again after 20 seconds, not after npm's own five minutes. */
export const NPM_INSTALL: readonly string[] = [
  'install',
  '--prefer-offline',
  '--no-audit',
  '--no-fund',
  '--fetch-timeout=20000',
  '--fetch-retries=4',
  '--fetch-retry-mintimeout=500',
]
