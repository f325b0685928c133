/** What is open in this process, and what was left open. */

/** Handles that come and go by themselves, or belong to the process. */
const PASSING: ReadonlySet<string> = new Set([
  'TTYWrap',
  'PipeWrap',
  'MessagePort',
  'Immediate',
  'TickObject',
  'ConnectWrap',
  'CloseReq',
  'FSReqCallback',
  'FSReqPromise',
])

/** What the runtime calls them, in the words of those who open them. */
const HANDLES: { readonly [kind: string]: string } = {
  Timeout: 'a timer',
  TCPSocketWrap: 'a connection',
  TCPServerWrap: 'a server',
  UDPWrap: 'a UDP socket',
  ProcessWrap: 'a child process',
  FSEventWrap: 'a watched file',
  StatWatcher: 'a watched file',
  SignalWrap: 'a listener for a signal',
  TLSWrap: 'a connection',
  HTTPClientRequest: 'a request',
}

/** Handles that are open, in words, without standard streams. */
export function openHandles(): readonly string[] {
  return process
    .getActiveResourcesInfo()
    .filter((kind) => !PASSING.has(kind))
    .map((kind) => (HANDLES[kind] === undefined ? kind : `${HANDLES[kind]} (${kind})`))
}

/** What is open in `after` and was not in `before`. */
export function added(before: readonly string[], after: readonly string[]): readonly string[] {
  const left = [...before]
  return after.filter((kind) => {
    const at = left.indexOf(kind)
    if (at >= 0) {
      left.splice(at, 1)
    }
    return at < 0
  })
}

/** How many listeners the process has for each event. */
export function processListeners(): readonly string[] {
  return process
    .eventNames()
    .flatMap((name) => new Array<string>(process.listenerCount(name)).fill(`listener of '${String(name)}' on the process`))
}

/** Timers that were made since. */
export interface TimerWatch {
  /** Those that have not ended and keep the process, or would go on for ever if it stayed. */
  alive(): readonly string[]
  end(): void
}

/** A timer, as Node makes it; others may make numbers. */
interface TimerObject {
  hasRef?(): boolean
  /** Milliseconds between its calls; null if it calls once. */
  readonly _repeat?: number | null
  readonly _destroyed?: boolean
}

/** Watches the timers that are made from here on, by whomever: one that others made before may end meanwhile, and hide one that stays. */
export function watchTimers(): TimerWatch {
  const made: TimerObject[] = []
  const holder = globalThis as unknown as { [name: string]: (...args: unknown[]) => unknown }
  const undo = ['setTimeout', 'setInterval'].map((name) => {
    const original = holder[name] as (...args: unknown[]) => unknown
    holder[name] = new Proxy(original, {
      apply: (target, self, args) => {
        const timer = Reflect.apply(target, self, args) as TimerObject
        made.push(timer)
        return timer
      },
    })
    return () => {
      holder[name] = original
    }
  })
  return {
    alive: () =>
      made
        .filter((timer) => timer._destroyed === false && (timer.hasRef?.() === true || typeof timer._repeat === 'number'))
        .map((timer) => (timer.hasRef?.() === true ? 'a timer (Timeout)' : 'an interval that keeps nobody waiting (Timeout)')),
    end: () => {
      for (const back of undo) {
        back()
      }
    },
  }
}
