import type { LogConfig } from '../config/core-config.ts'
import { createLog, type Log, type LogFields, type LogSink, type LogThreshold } from '../log/log.ts'
import { sinkFor } from '../log/log-sinks.ts'
import type { AppView } from '../request/context.ts'
import { contextStore } from '../request/current-slot.ts'
import type { AppConfig } from './app-config.ts'

/** What the log of an app needs of it. */
export type LogHost = Omit<AppView, 'log'> & { readonly '~config': AppConfig }

/** The log of an app: its level and form by configuration, secrets masked, the request's id on every line where `current()` is used. */
export function appLog(app: LogHost, sink: LogSink | undefined): Log {
  const { redactor } = app['~config']
  return createLog({
    level: (fields) => thresholdOf(app.config.log, fields) ?? (app.mode === 'test' ? 'warn' : 'info'),
    sink: sink ?? sinkFor(app),
    plain: (fields) => redactor.plain(fields),
    text: (text) => redactor.text(text),
    around: () => {
      const ctx = contextStore()?.get()
      return ctx !== undefined && Object.is(ctx.app, app) ? { requestId: ctx.id } : undefined
    },
  })
}

function thresholdOf({ level, levels }: LogConfig, { extension }: LogFields): LogThreshold | undefined {
  const own = extension === undefined ? undefined : levels.find((entry) => entry.startsWith(`${String(extension)}=`))
  return own === undefined ? level : (own.slice(own.indexOf('=') + 1) as LogThreshold)
}
