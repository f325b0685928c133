import { isMicroError, type LogLine, type Micro, type MicroOptions, micro } from '@micro/core'

/** An app without an environment, and the lines it logs. */
export interface QuietApp {
  readonly app: Micro
  readonly lines: readonly LogLine[]
}

/** Makes an app that reads nothing of this machine and keeps its log lines to itself. */
export function quietApp(options: MicroOptions = {}): QuietApp {
  const lines: LogLine[] = []
  const env = { MICRO_SECRET_KEY: 'a key for fuzzing alone, 32 characters and more', ...options.env }
  const app = micro(import.meta, { mode: 'test', logSink: (line) => lines.push(line), ...options, env })
  return { app, lines }
}

/** The URL of the route `it`, or undefined where the values are refused. Any other error is the fuzzer's find. */
export function built(app: Micro, values: { readonly [name: string]: unknown }): string | undefined {
  try {
    return app.urlFor('it', values)
  } catch (error) {
    if (isMicroError(error) && error.code === 'MICRO_URL_VALUE') {
      return undefined
    }
    throw error
  }
}
