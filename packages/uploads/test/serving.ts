import { type Micro, type MicroOptions, micro } from '@micro/core'
import { type RunningServer, serve } from '@micro/core/node'
import { onTestFinished } from 'vitest'
import { temporaryDirectory } from './temporary-directory.ts'

/** How a test sends a request. */
export type Send = (path: string, init?: RequestInit) => Promise<Response>

/** An app with a directory of its own. */
export async function testApp(options: MicroOptions = {}): Promise<Micro & { readonly instancePath: string }> {
  const instancePath = await temporaryDirectory()
  return micro(import.meta, { instancePath, mode: 'test', env: {}, logSink: () => {}, ...options }) as Micro & {
    readonly instancePath: string
  }
}

/** A server that is stopped when the test has finished. */
export async function serving(app: Micro): Promise<RunningServer> {
  const server = await serve(app, { port: 0, signals: false })
  onTestFinished(() => server.stop())
  return server
}

/** The two edges of an app: `app.fetch`, and a socket. */
export const EDGES: readonly (readonly [name: string, open: (app: Micro) => Promise<Send>])[] = [
  ['app.fetch', async (app) => async (path, init) => app.fetch(new Request(`http://localhost${path}`, init))],
  [
    'a socket',
    async (app) => {
      const { url } = await serving(app)
      return (path, init) => fetch(url + path, init)
    },
  ],
]
