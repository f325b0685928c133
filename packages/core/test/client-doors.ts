/** A test client's two ways to an app: by itself, and through a server on a real socket. */
import { Client, type ClientOptions, type Micro } from '@micro/core'
import { serve } from '@micro/core/node'
import { onTestFinished } from 'vitest'

export interface ClientDoor {
  readonly name: 'app' | 'socket'
  /** Makes clients of an app, which is stopped when the test is over. */
  open(app: Micro): Promise<(options?: ClientOptions) => Client>
}

export const CLIENT_DOORS: readonly ClientDoor[] = [
  {
    name: 'app',
    async open(app) {
      onTestFinished(() => app.stop())
      return (options) => app.client(options)
    },
  },
  {
    name: 'socket',
    async open(app) {
      const { url, stop } = await serve(app, { port: 0, signals: false })
      onTestFinished(() => stop())
      return (options) => new Client({ fetch: (request) => fetch(request), json: app.json }, { baseUrl: url, ...options })
    },
  },
]
