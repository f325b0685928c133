/**
 * The reference extension: it does a little of everything, rightly, unless it is told to commit one of the faults of `faults.ts`. The
 * suite is measured by it: it must pass as it is, and fail with each fault.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type AnyExtension,
  type Context,
  defineExtension,
  type ErrorFactory,
  type Extension,
  errorTable,
  type Member,
  need,
} from '@micro/core'
import type { Fault } from './faults.ts'
import { type ReferenceConfig, schemaOf } from './reference-config.ts'
import { onEveryRequest } from './reference-requests.ts'

/** `ctx.reference`. */
export interface Greeter {
  /** A greeting, after a moment. */
  greet(): Promise<string>
  /** @throws MicroError `MICRO_REFERENCE_NOBODY`. */
  greetNobody(): string
}

/** `app.reference`. */
export interface Greetings {
  readonly greeting: string
}

/** What stands under the name. */
export interface ReferenceMember extends Member<Greetings, Greeter> {}

/** The extension. */
export interface ReferenceExtension
  extends Extension<'reference', ReferenceMember, {}, { readonly greeting?: string; readonly token?: string }> {}

const referenceError: ErrorFactory<{
  readonly MICRO_REFERENCE_NOBODY: { readonly message: 'There is nobody to greet.'; readonly fix: 'Name somebody.' }
}> = errorTable({
  MICRO_REFERENCE_NOBODY: { message: 'There is nobody to greet.', fix: 'Name somebody.' },
})

// State of the module: used by faults alone.
const kept: unknown[] = []
let lastGreeting = ''
let uses = 0
/** What faults leave behind on purpose; whoever asks for them ends it. */
export const left: { readonly children: ChildProcess[]; readonly undo: (() => void)[] } = { children: [], undo: [] }

/** Makes the extension, with a fault if one is named. */
export function reference(fault?: Fault): AnyExtension {
  if (fault === 'factory reads the environment') {
    kept.push(process.env.MICRO_REFERENCE__GREETING)
  }
  if (fault === 'factory starts a timer') {
    setTimeout(() => undefined, 1)
  }
  if (fault === 'factory reads a file') {
    kept.push(readFileSync(new URL(import.meta.url)).length)
  }
  const base = {
    name: fault === 'takes a name of core' ? 'session' : 'reference',
    version: '1.0.0',
    core: fault === 'made for another core' ? '^2.0.0' : '^1.0.0',
    config: schemaOf(fault),
    ...(fault === 'uses what is deprecated' ? { options: { tone: 'loud' } as object } : {}),
  }
  const initApp = (app: Parameters<Parameters<typeof defineExtension>[0]['initApp']>[0], config: ReferenceConfig) =>
    setUp(app as never, config, fault)
  const extension =
    fault === 'behaves by what else is installed'
      ? defineExtension({ ...base, needs: { before: need.optional<Member>() }, initApp: initApp as never })
      : defineExtension({ ...base, initApp: initApp as never })
  const value = extension as unknown as AnyExtension
  switch (fault) {
    case 'value is not frozen':
      return { ...value }
    case 'says another version than it has':
      return Object.freeze({ ...value, version: '2.0.0' })
    case 'answers for another name':
      return Object.freeze({ ...value, name: 'greeter' })
    default:
      return value
  }
}

/** What `initApp` is given. */
export type Facade = Parameters<Parameters<typeof defineExtension>[0]['initApp']>[0]

function setUp(app: Facade, config: ReferenceConfig, fault: Fault | undefined): unknown {
  let timer: ReturnType<typeof setInterval> | undefined
  let server: Server | undefined
  const open = new Set<ReturnType<typeof setInterval>>()
  duringSetUp(app, fault)
  lastGreeting = config.greeting

  app.onStart(() => {
    timer = setInterval(() => undefined, 60_000)
    if (fault === 'forgets to stop a timer that keeps nobody waiting') {
      timer.unref?.()
    }
    if (fault === 'declares after initApp') {
      app.onStop(() => undefined)
    }
    if (fault === 'prints a secret') {
      console.log(`starting with ${config.token}`)
    }
    if (fault === 'leaves a file behind') {
      leaveFile(join(tmpdir(), `micro-reference-${process.pid}`))
    }
    if (fault === 'start hangs') {
      return new Promise<void>(() => undefined)
    }
    if (fault === 'leaves a child process') {
      left.children.push(spawn('sleep', ['30'], { stdio: 'ignore' }))
    }
    if (fault === 'start fails') {
      throw new Error('on purpose')
    }
    if (fault === 'leaves a server open') {
      server = createServer().listen(0, '127.0.0.1')
    }
    if (fault === 'leaves a connection open') {
      return new Promise<void>((resolve) => {
        const accepting = createServer((accepted) => {
          left.undo.push(() => void accepted.destroy())
          accepting.close()
          resolve()
        }).listen(0, '127.0.0.1', () => {
          const { port } = accepting.address() as { readonly port: number }
          const socket: Socket = connect(port, '127.0.0.1')
          left.undo.push(() => void socket.destroy())
        })
      })
    }
    if (fault === 'leaves a listener on the process') {
      process.on('warning', () => undefined)
    }
    if (fault === 'keeps its apps alive by a listener') {
      process.on('SIGUSR2', () => kept.push(app, config))
    }
    return undefined
  })
  app.onStop(() => {
    if (fault !== 'forgets to stop its timer' && fault !== 'forgets to stop a timer that keeps nobody waiting') {
      clearInterval(timer)
    }
    if (fault === 'stop hangs') {
      return new Promise<void>(() => undefined)
    }
    if (fault === 'stop fails') {
      throw new Error('on purpose')
    }
    if (fault !== 'leaves a server open') {
      server?.close()
    }
    return undefined
  })
  app.health(() => {
    if (timer === undefined && fault !== 'health check says nothing of what is broken') {
      throw new Error('the timer is not there')
    }
  })
  app.cli.command('greet', { description: 'Greets.', start: false }, ({ print }) => print(config.greeting))
  onEveryRequest(app, fault)

  const members = {
    app: { greeting: config.greeting },
    context: (ctx: Context): Greeter | Promise<Greeter> => {
      const handle = setInterval(() => undefined, 60_000)
      open.add(handle)
      if (fault !== 'forgets its teardown') {
        ctx.onTeardown(() => {
          clearInterval(handle)
          if (fault === 'teardown fails') {
            throw new Error('on purpose')
          }
        })
      }
      if (fault === 'keeps every context') {
        kept.push(ctx)
      }
      const greeter = makeGreeter(config, fault, app)
      return fault === 'context member is a promise' ? Promise.resolve(greeter) : greeter
    },
  }
  return fault === 'initApp is asynchronous' ? Promise.resolve(members) : members
}

/** Far from any app, which it would keep. */
function leaveFile(path: string): void {
  writeFileSync(path, '')
  left.undo.push(() => rmSync(path, { force: true }))
}

function makeGreeter(config: { readonly greeting: string }, fault: Fault | undefined, app: Facade): Greeter {
  return {
    async greet() {
      await new Promise((resolve) => setTimeout(resolve, 1))
      if (fault === 'its use hangs') {
        await new Promise<void>(() => undefined)
      }
      if (fault === 'state of the module') {
        return `${lastGreeting}!`
      }
      if (fault === 'counts its uses in the module') {
        uses++
        return uses > 1 && config.greeting !== 'Hello' ? 'No more!' : `${config.greeting}!`
      }
      if (fault === 'behaves by what else is installed') {
        return 'before' in app ? 'Hello, first!' : 'Hello!'
      }
      if (fault === 'works only with another extension') {
        throw new Error('the other extension is not there')
      }
      return `${config.greeting}!`
    },
    greetNobody() {
      if (fault === 'swallows its error') {
        return ''
      }
      if (fault === 'throws a plain error') {
        throw new Error('nobody')
      }
      if (fault === 'throws a foreign code') {
        throw errorTable({ MICRO_OTHER_NOBODY: { message: 'Nobody.', fix: 'Name somebody.' } })('MICRO_OTHER_NOBODY', {})
      }
      throw referenceError('MICRO_REFERENCE_NOBODY', {})
    },
  }
}

function duringSetUp(app: Facade, fault: Fault | undefined): void {
  switch (fault) {
    case 'initApp reads the environment':
      kept.push(process.env.HOME)
      break
    case 'initApp reads a file':
      kept.push(readFileSync(new URL(import.meta.url)).length)
      break
    case 'initApp starts a timer':
      setTimeout(() => undefined, 1)
      break
    case 'initApp opens a server':
      createServer().listen(0, '127.0.0.1').unref()
      break
    case 'initApp changes a global':
      ;(globalThis as { referenceWasHere?: boolean }).referenceWasHere = true
      break
    case 'initApp replaces a function of the language': {
      const { stringify } = JSON
      JSON.stringify = ((...args: Parameters<typeof stringify>) => Reflect.apply(stringify, JSON, args)) as typeof stringify
      left.undo.push(() => {
        JSON.stringify = stringify
      })
      break
    }
    case 'initApp throws':
      throw new Error('on purpose')
    case 'keeps every app':
      kept.push(app)
      break
    case 'answers a path of the app': {
      app.onError(404, () => 'Something else')
      break
    }
    case 'takes over errors':
      app.onError(500, () => 'All is well')
      break
    default:
  }
}
