/** The rules of the protocol in a sentence each, as `docs/extensions/protocol.md` has them. */

/** Who keeps a rule: an extension, core, or the release of core. */
export type RuleKind = 'ext' | 'core' | 'release'

/** Every rule by its id. */
export const PROTOCOL: { readonly [id: string]: readonly [kind: RuleKind, text: string] } = {
  P01: [
    'ext',
    'Importing the package and calling the factory does no I/O, opens no handle, starts no timer, reads no environment variable.',
  ],
  P02: ['ext', 'The value is frozen and keeps nothing about any app. In two apps with different configuration each behaves by its own.'],
  P03: ['ext', "Its name is one word, `[a-z][a-z0-9]*`, none of core's members."],
  P04: [
    'ext',
    'Its configuration lives in `config.<name>`, checked at the `.use` line; unknown keys and wrong values are refused with key, source and what is accepted; secrets are never printed.',
  ],
  P05: ['core', 'Precedence: default, factory options, file, environment, `micro(…, { config })`; every value keeps its source.'],
  P06: ['ext', 'The configuration is deeply frozen. One schema gives types, validation, defaults, environment and reference.'],
  P07: ['core', '`use` checks protocol, core range, name, needs, configuration, in this order, each with a code of its own.'],
  P08: ['core', 'Installation is atomic: if `initApp` throws, the app is as before.'],
  P09: ['ext', '`initApp` is synchronous and only declares; afterwards every registration is refused, naming the method.'],
  P10: ['core', 'Missing needs, double installation, name collisions, handlers that return nothing: compile-time errors in words.'],
  P11: ['ext', 'It takes what it needs through `needs` only, and imports no other extension at run time.'],
  P12: ['core', 'It may contribute what the table below lists.'],
  P13: ['ext', 'All of it is visible in `app.extensions.get(name)` and `micro extensions`.'],
  P14: [
    'core',
    'Start hooks run in installation order, stop hooks in reverse; a failing start stops what was started and names the extension; each hook has a time limit.',
  ],
  P15: ['ext', 'Stopping is idempotent, every hook runs, no handle stays open.'],
  P16: ['ext', 'A context member is made on first use and only then, once a request.'],
  P17: ['ext', 'Its teardowns run exactly once, after the response is over, also after errors and aborts, in reverse.'],
  P18: ['core', '`current(theAuth)` of `@micro/core/current` gives app and context inside handlers, commands and `app.run`.'],
  P19: ['core', 'An app can be assembled without being started: nothing is opened, bound or written.'],
  P20: ['core', 'Two copies of core in one process work together where their protocol numbers agree.'],
  P21: ['ext', 'Order does not matter except where `needs` says so.'],
  P22: ['ext', 'Every subset works; nothing is loaded that was not asked for.'],
  P23: ['core', 'A test can replace an extension by a double of the same member type.'],
  P24: ['core', 'A blueprint says what it needs, is typed by it, and imports no app.'],
  P25: ['ext', 'Its errors carry its code prefix; a bug in its hook names it in the log line.'],
  P26: [
    'ext',
    '`PROTOCOL` is a number. What will be removed is deprecated with a code first, which `--deprecations=error` makes an error; an extension uses nothing deprecated.',
  ],
  P27: ['release', 'An approved extension passes the suite against the next core before that core is released.'],
  P28: ['ext', 'It says what an unrelated request may cost with it installed.'],
  P29: ['ext', 'It leaves everything else as it was, except for the `effects` it declares.'],
  P30: ['ext', 'Its public members are named exported interfaces with docstrings.'],
}
