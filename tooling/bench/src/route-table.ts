const NOUNS = [
  'users teams projects issues pulls commits branches tags releases labels',
  'milestones reviews comments hooks keys runs jobs artifacts caches secrets',
  'variables environments deployments pages packages images events feeds stars watches',
  'forks gists topics licenses plans orders invoices payments refunds notices',
].flatMap((line) => line.split(' '))

/** Two hundred paths in the notation that Micro, Fastify and Hono share; the route that is asked for comes last of all, after them. */
export const ROUTE_TABLE: readonly string[] = NOUNS.flatMap((noun) => [
  `/api/${noun}`,
  `/api/${noun}/:id`,
  `/api/${noun}/:id/edit`,
  `/api/${noun}/:id/entries`,
  `/api/${noun}/:id/entries/:entry`,
])
