/** Watches what a piece of code does to the process: environment, timers, files, sockets, globals, output. */
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { inspect } from 'node:util'

const require = createRequire(import.meta.url)

/** What must not happen while something is only declared. */
const WATCHED: { readonly [module: string]: readonly string[] } = {
  'node:fs': [
    'readFileSync',
    'writeFileSync',
    'openSync',
    'mkdirSync',
    'statSync',
    'existsSync',
    'readdirSync',
    'readFile',
    'writeFile',
    'open',
    'mkdir',
    'createReadStream',
    'createWriteStream',
    'watch',
  ],
  'node:fs/promises': ['readFile', 'writeFile', 'open', 'mkdir', 'stat', 'readdir', 'access'],
  'node:net': ['connect', 'createConnection', 'createServer'],
  'node:http': ['request', 'get', 'createServer'],
  'node:https': ['request', 'get', 'createServer'],
  'node:dns': ['lookup', 'resolve'],
  'node:child_process': ['spawn', 'exec', 'execFile', 'spawnSync', 'execSync', 'execFileSync', 'fork'],
  'node:worker_threads': ['Worker'],
}

/** Variables that a runtime reads by itself when a module of its own is first used. */
const OF_THE_RUNTIME: ReadonlySet<string> = new Set(['NODE_USE_ENV_PROXY'])

const TIMERS = ['setTimeout', 'setInterval', 'setImmediate'] as const

/** Runs `step` and lists what it did: `reads HOME of the environment`, `calls setInterval()`, `calls fs.readFileSync()`. */
export function deedsOf(step: () => unknown): readonly string[] {
  const deeds = new Set<string>()
  const undo: (() => void)[] = []
  const environment = process.env
  process.env = new Proxy(environment, {
    get: (target, name) => {
      if (typeof name === 'string' && !OF_THE_RUNTIME.has(name)) {
        deeds.add(`reads ${name} of the environment`)
      }
      return Reflect.get(target, name)
    },
    has: (target, name) => {
      deeds.add(`reads ${String(name)} of the environment`)
      return Reflect.has(target, name)
    },
    ownKeys: (target) => {
      deeds.add('lists the environment')
      return Reflect.ownKeys(target)
    },
  })
  undo.push(() => {
    process.env = environment
  })
  const replace = (holder: { [name: string]: unknown }, name: string, deed: string): void => {
    const original = holder[name]
    if (typeof original === 'function') {
      holder[name] = new Proxy(original, {
        apply: (target, self, args) => {
          deeds.add(deed)
          return Reflect.apply(target, self, args)
        },
        construct: (target, args) => {
          deeds.add(deed)
          return Reflect.construct(target, args) as object
        },
      })
      undo.push(() => {
        holder[name] = original
      })
    }
  }
  for (const name of TIMERS) {
    replace(globalThis as unknown as { [name: string]: unknown }, name, `calls ${name}()`)
  }
  replace(globalThis as unknown as { [name: string]: unknown }, 'fetch', 'calls fetch()')
  for (const [module, names] of Object.entries(WATCHED)) {
    for (const name of names) {
      replace(require(module) as { [name: string]: unknown }, name, `calls ${module.slice(5)}.${name}()`)
    }
  }
  syncBuiltinESMExports()
  try {
    step()
  } finally {
    for (const back of undo.reverse()) {
      back()
    }
    syncBuiltinESMExports()
  }
  return [...deeds]
}

/** Waits until a condition holds; false if it does not within the time. */
export async function within(ms: number, condition: () => boolean): Promise<boolean> {
  const until = Date.now() + ms
  while (!condition()) {
    if (Date.now() > until) {
      return false
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return true
}

/** What a program shares with everything else in its process, by where it stands. */
const SHARED: { readonly [where: string]: object } = {
  globalThis,
  'Object.prototype': Object.prototype,
  'Array.prototype': Array.prototype,
  'String.prototype': String.prototype,
  'Function.prototype': Function.prototype,
  'Promise.prototype': Promise.prototype,
  Object,
  Promise,
  JSON,
  console,
}

/** Globals, and what the language's own objects have, with their values; those that are made when they are first asked for have none. */
export type Globals = ReadonlyMap<string, unknown>

/** Sentinel of a value that a getter makes. */
const MADE_LATER = Symbol('made later')

/** Reads them. */
export function readGlobals(): Globals {
  return new Map(
    Object.entries(SHARED).flatMap(([where, object]) =>
      Object.entries(Object.getOwnPropertyDescriptors(object)).map(([name, { get, value }]) => [
        `${where}.${name}`,
        get === undefined ? (value as unknown) : MADE_LATER,
      ]),
    ),
  )
}

/** What was defined, replaced or removed between two readings: `defines globalThis.x`. */
export function changedGlobals(before: Globals, after: Globals): readonly string[] {
  return [
    ...[...after].flatMap(([name, value]) => {
      if (!before.has(name)) {
        return [`defines ${name}`]
      }
      const old = before.get(name)
      return Object.is(old, value) || old === MADE_LATER ? [] : [`replaces ${name}`]
    }),
    ...[...before.keys()].filter((name) => !after.has(name)).map((name) => `removes ${name}`),
  ]
}

/** Runs `step` and gives what was printed meanwhile, by the console or to the standard streams; it is printed all the same. */
export async function printedBy(step: () => Promise<void>): Promise<string> {
  const texts: string[] = []
  const undo: (() => void)[] = []
  const listen = (holder: object, name: string): void => {
    const original = Reflect.get(holder, name) as (...args: unknown[]) => unknown
    const listening = (...args: unknown[]): unknown => {
      texts.push(args.map((item) => (typeof item === 'string' ? item : inspect(item))).join(' '))
      return Reflect.apply(original, holder, args)
    }
    Reflect.set(holder, name, listening)
    undo.push(() => Reflect.set(holder, name, original))
  }
  for (const name of ['debug', 'error', 'info', 'log', 'warn']) {
    listen(console, name)
  }
  listen(process.stdout, 'write')
  listen(process.stderr, 'write')
  try {
    await step()
  } finally {
    for (const back of undo.reverse()) {
      back()
    }
  }
  return texts.join('\n')
}
