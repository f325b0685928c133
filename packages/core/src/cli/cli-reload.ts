/** `micro run` in development: serves the app, and starts it again when a source changes. */
import { relative } from 'node:path'
import { styleText } from 'node:util'
import { givenEnvironment } from '../config/config-environment.ts'
import { DevRun } from '../dev/dev-run.ts'
import { DevServer } from '../dev/dev-server.ts'
import { type WatchOptions, watchSources } from '../dev/watch-sources.ts'
import { deprecationMode } from '../extension/deprecation.ts'
import { CORE_VERSION } from '../extension/version.ts'
import type { ServeOptions } from '../node.ts'
import { listenAt, placeOf } from '../server/listen-at.ts'
import { serverConfigOf } from './cli-app.ts'
import type { CliOutput } from './cli-output.ts'

/** Serves until a signal comes. @throws MicroError `MICRO_APP_MISSING`, `MICRO_LISTEN`. */
export async function reload(named: string | undefined, options: ServeOptions & WatchOptions, output: CliOutput): Promise<number> {
  const config = serverConfigOf(named)
  const server = new DevServer(config.debugPage)
  let address = placeOf(options, config)
  let url = await listenAt(address, (place) => server.listen(place))
  let isFirst = true
  const environment = givenEnvironment()

  const follow = async (run: DevRun, files: readonly string[]): Promise<void> => {
    const began = performance.now()
    const started = await run.started
    if (run.isStopping) {
      return
    }
    if (started.kind === 'failed') {
      server.become(started.report)
      output.complain(`\n${styleText('cyan', url)} shows why the app does not start. It starts again when a file changes.`)
      return
    }
    const wanted = placeOf(options, started)
    if (JSON.stringify(wanted) !== JSON.stringify(address)) {
      // Options of the app itself win over files and environment.
      url = await listenAt(wanted, (place) => server.listen(place))
      address = wanted
    }
    server.become(run.child)
    if (isFirst) {
      output.print(`${styleText('bold', `Micro ${CORE_VERSION}`)} · ${started.summary}`)
      output.print(`Serving on ${styleText('cyan', url)} (${started.mode}). Starts again when a file changes; press Ctrl+C to stop.`)
    } else {
      const what = files.map((file) => relative('', file)).join(', ')
      output.print(styleText('dim', `Started again in ${Math.round(performance.now() - began)} ms: ${what} changed.`))
    }
    isFirst = false
    const report = await run.ended
    if (!run.isStopping) {
      server.become(report)
      output.complain('The app has ended. It starts again when a file changes.')
    }
  }

  const changes = new Changes()
  const stopWatching = watchSources(process.cwd(), (files) => changes.add(files), {
    ...options,
    watch: [...(options.watch ?? []), ...environment.files],
  })
  const signal = new Promise<null>((resolve) => {
    process.once('SIGTERM', () => resolve(null))
    process.once('SIGINT', () => resolve(null))
  })
  try {
    for (let files: readonly string[] | null = []; files !== null; ) {
      const run = new DevRun({ app: named, changed: files, deprecations: deprecationMode(), environment })
      const failed: Promise<never> = follow(run, files).then(() => new Promise<never>(() => undefined))
      try {
        files = await Promise.race([changes.next(), signal, failed])
      } finally {
        server.wait()
        await run.stop()
      }
    }
  } finally {
    stopWatching()
    server.close()
  }
  return 0
}

/** Files that changed and are not dealt with. */
class Changes {
  readonly #files: Set<string> = new Set()
  #wake: (() => void) | null = null

  add(files: readonly string[]): void {
    for (const file of files) {
      this.#files.add(file)
    }
    this.#wake?.()
  }

  /** Waits until there are some, and takes them. */
  async next(): Promise<readonly string[]> {
    if (this.#files.size === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    const files = [...this.#files]
    this.#files.clear()
    return files
  }
}
