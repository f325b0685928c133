import { type Context, defineExtension, type Extension } from '@micro/core'
import { AppConnections } from './connections.ts'
import { DbConfig, type DbOptions, type DbSettings } from './db-config.ts'
import type { Connections, Db, DbMember } from './db-member.ts'
import { declareCommands } from './migration-commands.ts'
import { DB_VERSION } from './version.ts'

/** What `db()` gives: installed with `app.use`, it adds `app.<name>` and `ctx.<name>`. */
export interface DbExtension<S, N extends string = 'db'> extends Extension<N, DbMember<S>, {}, DbOptions, DbSettings> {
  /** A further database, with a configuration of its own: `db<Stats>().as('stats')` is `config.stats`, `app.stats`, `ctx.stats`. */
  as<const M extends string>(name: M): DbExtension<S, M>
}

/**
 * A database, by Kysely: SQLite without a word of configuration, or what `url` names. `S` is its schema: tables by name, each with
 * its columns. Options lie below configuration file and environment.
 */
export function db<S>(options: DbOptions = {}): DbExtension<S> {
  return defineExtension({
    name: 'db',
    version: DB_VERSION,
    core: '^1.0.0',
    config: DbConfig,
    options,
    initApp(app, settings): { app: Connections<S>; context: (ctx: Context) => Db<S> } {
      const { rootPath, instancePath, log } = app
      const connections = new AppConnections<S>(settings, { name: app.namespace, rootPath, instancePath, log })
      app.onStart(() => connections.start())
      app.onStop(() => connections.close())
      app.health(() => connections.ping())
      app.cli.shell(app.namespace, () => connections.default)
      declareCommands(app.cli, connections)
      return { app: connections, context: (ctx) => connections.for(ctx) }
    },
  })
}
