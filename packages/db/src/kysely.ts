/** All of Kysely, in the version that `@micro/db` runs on: `sql`, helpers, types. Importing this entry loads it at once. */
export * from 'kysely'
