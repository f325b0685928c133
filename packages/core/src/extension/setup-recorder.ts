/** The façade that `initApp` gets: it records, and what it recorded is applied only when `initApp` has returned. */
import type { Blueprint } from '../app/blueprint.ts'
import type { Registrations } from '../app/registrations.ts'
import type { Declarations } from '../app/scaffold.ts'
import type { Mode } from '../config/mode.ts'
import { coreError } from '../errors/core-errors.ts'
import { checkErrorHandler } from '../hooks/error-handler.ts'
import { type HookOptions, hookRecord, PHASES } from '../hooks/hooks.ts'
import type { ErrorHandler, ErrorTarget } from '../hooks/request-hooks.ts'
import { signal } from '../hooks/signal.ts'
import type { Log } from '../log/log.ts'
import { callSite } from '../routing/route.ts'
import type { Signer } from '../session/signing.ts'
import type { Contribution, Registry } from './registry.ts'
import type { ReplaceOptions, Setup } from './setup.ts'

/** What the recorder needs of the app. */
export interface RecorderHost {
  readonly app: {
    readonly mode: Mode
    readonly log: Log
    readonly rootPath: string | undefined
    readonly instancePath: string | undefined
    signer(purpose: string): Signer
  }
  readonly registry: Registry
  readonly declarations: Declarations
  readonly registrations: Registrations
}

/** A recorder and the two ways it ends. */
export interface Recording {
  readonly setup: Setup
  readonly contributions: readonly Contribution[]
  /** Closes the façade; `apply` says whether what was recorded counts. */
  close(apply: boolean): void
}

/** Makes the façade of one installation. `members` are those the extension needs, by name. */
export function record(name: string, host: RecorderHost, members: { readonly [name: string]: unknown }): Recording {
  const { app, registry, declarations, registrations } = host
  const contributions: Contribution[] = []
  const steps: (() => void)[] = []
  const own = new Set<string>()
  let open = true

  // Whatever cannot be applied is refused here, at the line that asks for it: applying then does not fail half-way.
  const add = (method: string, kind: string, detail: string, step: () => void): void => {
    if (!open) {
      throw coreError('MICRO_SETUP_CLOSED', { name, method })
    }
    contributions.push({ kind, detail })
    steps.push(step)
  }
  /** Refuses a second one of the same kind and name in this installation. */
  const once = (what: string, refuse: () => Error): void => {
    if (own.has(what)) {
      throw refuse()
    }
    own.add(what)
  }
  const hook =
    (method: string, list: keyof Declarations & ('before' | 'after' | 'teardown')) =>
    (run: (...args: never[]) => unknown, options?: HookOptions) => {
      const made = hookRecord(run, name, options)
      const methods = made.methods === undefined ? 'every request' : made.methods === 'unsafe' ? 'unsafe methods' : made.methods.join(', ')
      add(method, method, `${options?.phase === undefined ? '' : `phase ${PHASES[made.phase]}, `}${methods}`, () => {
        ;(declarations[list] as unknown[]).push(made)
      })
    }
  const claim = (
    method: string,
    what: string,
    options: ReplaceOptions | undefined,
    step: () => void,
    kind = what,
    detail?: string,
  ): void => {
    const replace = options?.replace === true
    registry.checkClaim(what, name, replace)
    add(method, kind, detail ?? (replace ? 'replaces the one before' : 'sets it'), () => {
      registry.claim(what, name)
      step()
    })
  }
  const owner = { owner: name, replace: true }

  const setup: Setup = {
    namespace: name,
    get mode() {
      return app.mode
    },
    log: app.log.child({ extension: name }),
    rootPath: app.rootPath,
    instancePath: app.instancePath,
    signer: (purpose) => app.signer(`${name}/${purpose}`),
    reportDeprecated: (notice, used) => registry.deprecations.tell(notice, callSite(used)),
    onStart: (run) => add('onStart', 'start hook', '', () => registry.lifecycle.onStart(name, run)),
    onStop: (run) => add('onStop', 'stop hook', '', () => registry.lifecycle.onStop(name, run)),
    beforeRequest: hook('beforeRequest', 'before'),
    afterRequest: hook('afterRequest', 'after'),
    teardownRequest: hook('teardownRequest', 'teardown'),
    onError: (target: ErrorTarget, handler: unknown) => {
      checkErrorHandler(target, handler)
      add('onError', 'error handler', typeof target === 'number' ? String(target) : target.name, () => {
        declarations.errors.push({ target, handler: handler as ErrorHandler, owner: name })
      })
    },
    register: (blueprint) => {
      const given = blueprint as unknown as Blueprint
      registrations.check(given)
      once(`blueprint ${given.name}`, () => coreError('MICRO_BLUEPRINT_TAKEN', { name: given.name }))
      add('register', 'blueprint', given.name, () => registrations.add(given))
    },
    converter: (converterName, converter) => {
      const refuse = () => coreError('MICRO_CONVERTER_TAKEN', { name: converterName })
      if (Object.hasOwn(registry.converters, converterName)) {
        throw refuse()
      }
      once(`converter ${converterName}`, refuse)
      add('converter', 'converter', converterName, () => {
        registry.converters = { ...registry.converters, [converterName]: converter }
      })
    },
    bodyReader: (type, read) => {
      const lower = type.toLowerCase()
      claim('bodyReader', `body reader for ${lower}`, undefined, () => registry.bodyReaders.set(lower, read), 'body reader', lower)
    },
    templates: {
      directory: (path) => add('templates.directory', 'templates', path, () => registry.templates.directory(path, name)),
      global: (key, value) =>
        claim(
          'templates.global',
          `template global '${key}'`,
          undefined,
          () => registry.templates.global(key, value, owner),
          'template global',
          key,
        ),
      filter: (key, filter) =>
        claim(
          'templates.filter',
          `template global '${key}'`,
          undefined,
          () => registry.templates.filter(key, filter, owner),
          'template filter',
          key,
        ),
      context: (provide) => add('templates.context', 'template context', '', () => registry.templates.context(provide)),
      engine: (engine, options) => claim('templates.engine', 'template engine', options, () => registry.templates.engine(engine, owner)),
    },
    static: (directory) => add('static', 'static files', directory, () => registry.statics.push({ namespace: name, directory })),
    cli: {
      command: (command, options, run) => {
        const full = registry.commands.check(name, command, options)
        once(`command ${command}`, () => coreError('MICRO_COMMAND_TAKEN', { name: full }))
        add('cli.command', 'command', full, () => registry.commands.add(name, command, options, run))
      },
      shell: (key, value) => add('cli.shell', 'shell member', key, () => registry.commands.shell.set(key, value)),
    },
    health: (check) => add('health', 'health check', name, () => registry.health.push({ name, check })),
    signal: (signalName) => {
      if (!/^[a-z]+(?:[:-][a-z]+)*$/.test(signalName)) {
        throw coreError('MICRO_SIGNAL_NAME', { name: signalName })
      }
      const full = `micro:${name}:${signalName}`
      add('signal', 'signal', full, () => undefined)
      return signal(full)
    },
    session: {
      store: (store, options) =>
        claim('session.store', 'session store', options, () => {
          registry.sessionStore = store
        }),
      cookie: (choose, options) =>
        claim('session.cookie', 'session cookie', options, () => {
          registry.sessionCookie = choose
        }),
    },
    json: (provider, options) =>
      claim('json', 'JSON provider', options, () => {
        registry.json = provider
      }),
  }
  return {
    setup: Object.freeze(
      Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(members), ...Object.getOwnPropertyDescriptors(setup) }),
    ) as Setup,
    contributions,
    close(apply) {
      open = false
      if (apply) {
        for (const step of steps) {
          step()
        }
      }
    },
  }
}
