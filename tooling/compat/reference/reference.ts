/**
 * The reference extension: it does a little of everything, rightly, unless it is told to commit one of the faults of `faults.ts`. The
 * suite is held against it: it must pass as it is, and fail with each fault.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import {
  type AnyExtension,
  type Context,
  defineExtension,
  type ErrorFactory,
  type Extension,
  errorTable,
  type Member,
  need,
  option,
  options,
} from '@micro/core'
import type { Fault } from './faults.ts'

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

const CONFIG = options({
  greeting: option.string({ default: 'Hello', minLength: 1 }),
  token: option.string({ secret: true }),
  nested: options({ depth: option.int({ default: 1, min: 0 }) }),
})

// State of the module: used by faults alone.
const kept: unknown[] = []
let lastGreeting = ''
/** Processes that the fault of that name has left; whoever asks for it ends them. */
export const children: ChildProcess[] = []

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
  }
  const initApp = (
    app: Parameters<Parameters<typeof defineExtension>[0]['initApp']>[0],
    config: { readonly greeting: string; readonly token: string | undefined },
  ) => setUp(app as never, config, fault)
  const extension =
    fault === 'behaves by what else is installed'
      ? defineExtension({ ...base, needs: { before: need.optional<Member>() }, initApp: initApp as never })
      : defineExtension({ ...base, initApp: initApp as never })
  if (fault === 'value is not frozen') {
    return { ...(extension as unknown as AnyExtension) }
  }
  return extension as unknown as AnyExtension
}

function schemaOf(fault: Fault | undefined): typeof CONFIG {
  const standard = CONFIG['~standard']
  const validate = (value: unknown) => {
    const given = { ...(value as { readonly [key: string]: unknown }) }
    if (fault === 'accepts wrong values') {
      return { value: { greeting: 'Hello', token: undefined, nested: { depth: 1 }, ...given } }
    }
    const result = standard.validate(value)
    if (fault === 'error shows a secret' && !(result instanceof Promise) && result.issues !== undefined) {
      return { issues: result.issues.map((issue) => ({ ...issue, message: `${issue.message} (given: ${JSON.stringify(given)})` })) }
    }
    if (fault === 'configuration can be changed' && !(result instanceof Promise) && result.issues === undefined) {
      return { value: { ...(result.value as object), nested: new Map([['depth', 1]]) } }
    }
    return result
  }
  return { '~standard': { ...standard, validate } } as typeof CONFIG
}

type Facade = Parameters<Parameters<typeof defineExtension>[0]['initApp']>[0]

function setUp(app: Facade, config: { readonly greeting: string; readonly token: string | undefined }, fault: Fault | undefined): unknown {
  let timer: ReturnType<typeof setInterval> | undefined
  let server: Server | undefined
  const open = new Set<ReturnType<typeof setInterval>>()
  duringSetUp(app, fault)
  lastGreeting = config.greeting

  app.onStart(() => {
    timer = setInterval(() => undefined, 60_000)
    if (fault === 'declares after initApp') {
      app.onStop(() => undefined)
    }
    if (fault === 'logs a secret') {
      app.log.info(`starting with ${config.token}`)
    }
    if (fault === 'prints a secret') {
      console.log(`starting with ${config.token}`)
    }
    if (fault === 'start hangs') {
      return new Promise<void>(() => undefined)
    }
    if (fault === 'leaves a child process') {
      children.push(spawn('sleep', ['30'], { stdio: 'ignore' }))
    }
    if (fault === 'start fails') {
      throw new Error('on purpose')
    }
    if (fault === 'leaves a server open') {
      server = createServer().listen(0, '127.0.0.1')
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
    if (fault !== 'forgets to stop its timer') {
      clearInterval(timer)
    }
    if (fault === 'stop fails') {
      throw new Error('on purpose')
    }
    if (fault !== 'leaves a server open') {
      server?.close()
    }
  })
  app.health(() => undefined)
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

function makeGreeter(config: { readonly greeting: string }, fault: Fault | undefined, app: Facade): Greeter {
  return {
    async greet() {
      await new Promise((resolve) => setTimeout(resolve, 1))
      if (fault === 'state of the module') {
        return `${lastGreeting}!`
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

function onEveryRequest(app: Facade, fault: Fault | undefined): void {
  switch (fault) {
    case 'adds a header to every reply':
      app.afterRequest((ctx) => ctx.setHeader('X-Reference', '1'))
      break
    case 'opens the session of every request':
      app.beforeRequest((ctx) => {
        ctx.session.get('x')
      })
      break
    case 'sets a cookie on every reply':
      app.afterRequest((ctx) => ctx.setCookie('reference', '1'))
      break
    case 'refuses unsafe requests':
      app.beforeRequest(() => 'Not today', { methods: 'unsafe' })
      break
    case 'reads every body':
      app.beforeRequest(async (ctx) => void (await ctx.readText()), { methods: 'unsafe' })
      break
    case 'changes every status':
      app.afterRequest((_ctx, reply) => {
        reply.status = 203
      })
      break
    case 'makes its member for every request':
      app.beforeRequest((ctx) => void (ctx as unknown as { readonly reference: unknown }).reference)
      break
    case 'burns the processor on every request':
      app.beforeRequest(() => {
        const until = process.hrtime.bigint() + 200_000n
        while (process.hrtime.bigint() < until);
      })
      break
    case 'hook throws':
      app.beforeRequest(() => {
        throw new Error('on purpose')
      })
      break
    case 'answers every request':
      app.beforeRequest(() => 'Mine')
      break
    default:
  }
}
