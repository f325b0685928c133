/** The façade that `initApp` gets: it records, and what it recorded is applied only when `initApp` has returned. */
import type { Blueprint } from './blueprint.ts'
import { coreError } from './core-errors.ts'
import { hookRecord } from './hooks.ts'
import type { Log } from './log.ts'
import type { Mode } from './mode.ts'
import type { Contribution, Registry } from './registry.ts'
import type { Declarations } from './scaffold.ts'
import { type HookOptions, PHASES, type Setup } from './setup.ts'
import type { Signer } from './signing.ts'

/** What the recorder needs of the app. */
export interface RecorderHost {
  readonly registry: Registry
  readonly declarations: Declarations
  readonly mode: Mode
  readonly log: Log
  readonly rootPath: string | undefined
  readonly instancePath: string | undefined
  signer(purpose: string): Signer
  /** @throws MicroError if the blueprint's needs are not met. */
  checkBlueprint(blueprint: Blueprint): void
  addBlueprint(blueprint: Blueprint): void
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
  const contributions: Contribution[] = []
  const steps: (() => void)[] = []
  let open = true

  const add = (method: string, kind: string, detail: string, step: () => void): void => {
    if (!open) {
      throw coreError('MICRO_SETUP_CLOSED', { name, method })
    }
    contributions.push({ kind, detail })
    steps.push(step)
  }
  const hook = (method: string, list: keyof Declarations & ('before' | 'after' | 'teardown')) => (run: (...args: never[]) => unknown, options?: HookOptions) => {
    const made = hookRecord(run, name, options)
    const methods = options?.methods === undefined ? 'every request' : typeof options.methods === 'string' ? `${options.methods} methods` : options.methods.join(', ')
    add(method, method, `${options?.phase === undefined ? '' : `phase ${PHASES[made.phase]}, `}${methods}`, () => {
      ;(host.declarations[list] as unknown[]).push(made)
    })
  }
  const claim = (method: string, what: string, replace: boolean | undefined, step: () => void): void => {
    host.registry.checkClaim(what, name, replace === true)
    add(method, what, replace === true ? 'replaces the one before' : 'sets it', () => {
      host.registry.claim(what, name)
      step()
    })
  }
  const { registry } = host

  const setup: Setup = {
    namespace: name,
    get mode() {
      return host.mode
    },
    log: host.log.child({ extension: name }),
    rootPath: host.rootPath,
    instancePath: host.instancePath,
    signer: (purpose) => host.signer(`${name}/${purpose}`),
    onStart: (run) => add('onStart', 'start hook', '', () => registry.lifecycle.onStart(name, run)),
    onStop: (run) => add('onStop', 'stop hook', '', () => registry.lifecycle.onStop(name, run)),
    beforeRequest: hook('beforeRequest', 'before'),
    afterRequest: hook('afterRequest', 'after'),
    teardownRequest: hook('teardownRequest', 'teardown'),
    onError: (target, handler) =>
      add('onError', 'error handler', typeof target === 'number' ? String(target) : target.name, () => {
        host.declarations.errors.push({ target, handler: handler as never })
      }),
    register: (blueprint) => {
      const given = blueprint as unknown as Blueprint
      host.checkBlueprint(given)
      add('register', 'blueprint', given.name, () => host.addBlueprint(given))
    },
    converter: (converterName, converter) => {
      if (Object.hasOwn(registry.converters, converterName)) {
        throw coreError('MICRO_CONVERTER_TAKEN', { name: converterName })
      }
      add('converter', 'converter', converterName, () => {
        registry.converters = { ...registry.converters, [converterName]: converter }
      })
    },
    bodyReader: (type, read) => add('bodyReader', 'body reader', type, () => registry.bodyReaders.set(type.toLowerCase(), read)),
    templates: {
      directory: (path) => add('templates.directory', 'templates', path, () => registry.templates.directory(path, name)),
      global: (key, value) => add('templates.global', 'template global', key, () => registry.templates.global(key, value)),
      filter: (key, filter) => add('templates.filter', 'template filter', key, () => registry.templates.filter(key, filter)),
      context: (provide) => add('templates.context', 'template context', '', () => registry.templates.context(provide)),
      engine: (engine, options) => claim('templates.engine', 'template engine', options?.replace, () => registry.templates.engine(engine, { replace: true })),
    },
    static: (directory) => add('static', 'static files', directory, () => registry.statics.push({ namespace: name, directory })),
    cli: {
      command: (command, options, run) => {
        if (registry.commands.list.some((known) => known.name === `${name} ${command}`)) {
          throw coreError('MICRO_COMMAND_TAKEN', { name: `${name} ${command}` })
        }
        add('cli.command', 'command', `${name} ${command}`, () => registry.commands.add(name, command, options, run))
      },
      shell: (key, value) => add('cli.shell', 'shell member', key, () => registry.commands.shell.set(key, value)),
    },
    health: (check) => add('health', 'health check', name, () => registry.health.push({ name, check })),
    session: {
      store: (store, options) =>
        claim('session.store', 'session store', options?.replace, () => {
          registry.sessionStore = store
        }),
    },
    json: (provider, options) =>
      claim('json', 'JSON provider', options?.replace, () => {
        registry.json = provider
      }),
  }
  return {
    setup: Object.freeze(Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(members), ...Object.getOwnPropertyDescriptors(setup) })) as Setup,
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
