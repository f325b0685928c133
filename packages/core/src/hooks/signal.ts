/** Named channels on which things are told to whoever listens: those of `node:diagnostics_channel`, so that tracing tools find them. */

/** A channel by name. */
export interface Signal<M extends object = object> {
  readonly name: string
  /** Whether anybody listens: make the message only then. */
  readonly hasSubscribers: boolean
  /** Tells everybody who listens, before it returns. */
  publish(message: M): void
}

/** A channel with all that core needs of it; Node's own has the same shape. */
export interface Channel<M extends object = object> extends Signal<M> {
  /** Tells everybody who listens, and runs a function in the stores that are bound to the channel (`channel.bindStore`). */
  runStores<T>(message: M, run: () => T): T
}

type Listener = (message: unknown, name: string | symbol) => void

interface DiagnosticsChannel {
  channel(name: string): unknown
  subscribe(name: string, listener: Listener): void
  unsubscribe(name: string, listener: Listener): boolean
}

/** Node's module, or one that does as much within this copy of core, for runtimes that have none. */
const channels: DiagnosticsChannel = nativeChannels() ?? localChannels()

/** The signal of a name: the same for everybody in the process. Names are `<who>:<what>:<when>`; `micro:…` is core's and its extensions'. */
export function signal<M extends object = object>(name: string): Signal<M> {
  return channel<M>(name)
}

/** The same, as core uses it. */
export function channel<M extends object>(name: string): Channel<M> {
  return channels.channel(name) as Channel<M>
}

/** Adds a listener as it is. Returns a function that takes it away. */
export function listen(name: string, listener: (message: unknown) => void): () => void {
  const own: Listener = (message) => listener(message)
  channels.subscribe(name, own)
  return () => void channels.unsubscribe(name, own)
}

function nativeChannels(): DiagnosticsChannel | undefined {
  // Absent on runtimes without Node's modules.
  const native = globalThis.process?.getBuiltinModule?.('node:diagnostics_channel')
  return typeof native?.channel('micro:app:start').runStores === 'function' ? native : undefined
}

/** @internal What stands for Node's module where there is none. */
export function localChannels(): DiagnosticsChannel {
  const known = new Map<string, LocalChannel>()
  const channelOf = (name: string): LocalChannel => {
    const found = known.get(name) ?? new LocalChannel(name)
    known.set(name, found)
    return found
  }
  return {
    channel: channelOf,
    subscribe: (name, listener) => void channelOf(name).listeners.add(listener),
    unsubscribe: (name, listener) => channelOf(name).listeners.delete(listener),
  }
}

class LocalChannel implements Channel {
  readonly name: string
  readonly listeners: Set<Listener> = new Set()

  constructor(name: string) {
    this.name = name
  }

  get hasSubscribers(): boolean {
    return this.listeners.size > 0
  }

  publish(message: object): void {
    for (const listener of [...this.listeners]) {
      listener(message, this.name)
    }
  }

  runStores<T>(message: object, run: () => T): T {
    this.publish(message)
    return run()
  }
}
