/**
 * What `micro run` starts anew when a source changes: a process that loads the app and answers the connections that its parent hands
 * over. The parent listens, so that the port stays open in between.
 */
import { spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Micro } from '../app/micro.ts'
import { findApp } from '../cli/cli-app.ts'
import { explain } from '../cli/cli-explain.ts'
import { locateApp } from '../cli/cli-place.ts'
import { type GivenEnvironment, setGivenEnvironment } from '../config/config-environment.ts'
import { setDefaultMode } from '../config/mode.ts'
import type { DebugPlace } from '../debug/debug-frames.ts'
import { type DebugReport, startReport } from '../debug/debug-report.ts'
import { type DeprecationMode, setDeprecationMode } from '../extension/deprecation.ts'
import { Redactor } from '../log/redact.ts'
import { toNode } from '../node.ts'
import { accessLog } from '../server/access-log.ts'
import { answerClientError } from '../server/client-error.ts'

/** What the child is given, as JSON: its only argument. */
export interface ChildInput {
  /** The app, as `--app` names it; undefined if it is to be found. */
  readonly app: string | undefined
  /** Files that changed since the last one. */
  readonly changed: readonly string[]
  readonly deprecations: DeprecationMode | undefined
  readonly environment: GivenEnvironment
}

/** What the child tells. */
export type ChildMessage =
  | { readonly kind: 'ready'; readonly host: string; readonly port: number; readonly mode: string; readonly summary: string }
  | { readonly kind: 'failed'; readonly report: DebugReport }
  | { readonly kind: 'taken'; readonly connection: number }

/** What the child is told. A connection comes with its socket, and is taken over by answering that it is. */
export type ParentMessage = 'stop' | { readonly connection: number }

/** How long requests in flight may keep the next version waiting, and connections on which none has come. */
const GRACE_MS = 500
const SILENT_MS = 50

/** Compiles a file as a module and runs nothing of it. */
const COMPILE = `const file = process.argv[1], code = require('node:fs').readFileSync(file, 'utf8')
new (require('node:vm').SourceTextModule)(/ts$/.test(file) ? require('node:module').stripTypeScriptTypes(code) : code, { identifier: file })`

const { app: named, changed, deprecations, environment } = JSON.parse(process.argv[2] as string) as ChildInput
let redactor = new Redactor(() => [])

setDefaultMode(environment.mode ?? 'development')
setGivenEnvironment(environment)
setDeprecationMode(deprecations)
// What nobody catches ends the process; the browser is told why.
process.on('uncaughtExceptionMonitor', (error) => tellWhy(error))
try {
  const { app, file } = await findApp(named, false)
  redactor = app['~config'].redactor
  serveConnections(app)
  await app.start()
  if (app.config.log.requests === undefined && app.mode === 'development') {
    accessLog(app)
  }
  const { host, port } = app.config.server
  tell({ kind: 'ready', host, port, mode: app.mode, summary: summaryOf(app, file) })
} catch (error) {
  fail(error)
  process.exitCode = 1
  process.disconnect?.()
}

function tell(message: ChildMessage): void {
  process.send?.(message)
}

function fail(error: unknown): void {
  const place = placeOfMistake(error)
  console.error(place === undefined ? explain(error) : `${place.path}:${place.line}\n${explain(error)}`)
  tellWhy(error, place)
}

function tellWhy(error: unknown, place?: DebugPlace): void {
  tell({ kind: 'failed', report: startReport(error, process.cwd(), redactor, place) })
}

/** Answers the connections that the parent hands over, until it says stop or is gone. */
function serveConnections(app: Micro): void {
  const sockets = new Set<Socket>()
  let inFlight = 0
  const server = createServer(toNode(app))
  // A connection that stayed open would belong to this process, and be lost with it.
  server.maxRequestsPerSocket = 1
  server.on('clientError', answerClientError)
  server.on('request', (_, response) => {
    inFlight++
    response.once('close', () => inFlight--)
  })
  app.beforeStop(async () => {
    const began = performance.now()
    const waited = (): number => performance.now() - began
    while (sockets.size > 0 && waited() < (inFlight > 0 ? GRACE_MS : SILENT_MS)) {
      await delay(5)
    }
    for (const socket of sockets) {
      socket.destroy()
    }
  })
  const stop = (): void => {
    app
      .stop()
      .then(undefined, fail)
      .finally(() => process.connected && process.disconnect())
  }
  process.on('message', (message: ParentMessage, socket?: Socket) => {
    if (message === 'stop') {
      stop()
      return
    }
    tell({ kind: 'taken', connection: message.connection })
    // Undefined for a client that has left meanwhile.
    if (socket !== undefined) {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      server.emit('connection', socket)
      socket.resume()
    }
  })
  for (const end of ['disconnect', 'SIGTERM', 'SIGINT']) {
    process.once(end, stop)
  }
}

/** What one sees of an app that runs. */
function summaryOf(app: Micro, file: string): string {
  const count = app.routes.length
  const extensions = [...app.extensions].map(({ name }) => name).join(', ')
  return [file, `${count} ${count === 1 ? 'route' : 'routes'}`, ...(extensions === '' ? [] : [`with ${extensions}`])].join(' · ')
}

/** Where a file does not parse. V8 tells the place of such a mistake only as it ends a process, so one is made for that. */
function placeOfMistake(error: unknown): DebugPlace | undefined {
  if (!(error instanceof SyntaxError) || /^(file:|\/|[A-Z]:\\)/.test(error.stack ?? '')) {
    return undefined
  }
  for (const path of [...changed, resolve(locateApp(named).file)]) {
    const flags = ['--disable-warning=ExperimentalWarning', '--experimental-vm-modules', '--eval', COMPILE]
    const { stderr } = spawnSync(process.execPath, [...flags, path], { encoding: 'utf8' })
    const line = stderr.startsWith(`${path}:`) ? /^:(\d+)\r?\n/.exec(stderr.slice(path.length))?.[1] : undefined
    if (line !== undefined) {
      return { call: '', path, line: Number(line), column: 0 }
    }
  }
  return undefined
}
