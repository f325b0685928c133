/** Core, broken on purpose: one line for each rule that it keeps. */

/** One broken core. */
export interface CoreTwin {
  readonly rule: string
  /** What is broken, in words. */
  readonly what: string
  /** Below packages/core/src. */
  readonly file: string
  /** Occurs exactly once in the file. */
  readonly find: string
  readonly replace: string
  /** Rules that turn red too. */
  readonly also?: readonly string[]
}

export const CORE_TWINS: readonly CoreTwin[] = [
  {
    rule: 'P05',
    what: 'the first source wins, not the last',
    file: 'config/config.ts',
    find: 'this.#given.set(key, given)',
    replace: 'this.#given.has(key) || this.#given.set(key, given)',
  },
  { rule: 'P05', what: 'the file is not read', file: 'config/config.ts', find: '  collected.addLayer(sources.file)\n', replace: '' },
  {
    rule: 'P07',
    what: 'needs are not checked',
    file: 'extension/install.ts',
    find: '    this.#checkNeeds(name, definition.needs ?? {})\n',
    replace: '',
  },
  {
    rule: 'P07',
    what: 'the range of core is not checked',
    file: 'extension/install.ts',
    find: 'if (!isWithin(CORE_VERSION, definition.core)) {',
    replace: 'if (definition.core === undefined) {',
  },
  {
    rule: 'P07',
    what: 'a name that is taken is taken again',
    file: 'extension/install.ts',
    find: 'if (other !== undefined) {',
    replace: 'if (other === null) {',
  },
  {
    rule: 'P08',
    what: 'what is declared counts at once',
    file: 'extension/setup-recorder.ts',
    find: '    steps.push(step)\n',
    replace: '    step()\n',
  },
  {
    rule: 'P10',
    what: 'use takes anything',
    file: 'extension/inference.ts',
    find: '[UseProblem<A, E>] extends [never] ? unknown : UseProblem<A, E>',
    replace: '[UseProblem<A, E>] extends [never] ? unknown : unknown',
  },
  {
    rule: 'P10',
    what: 'a handler may return nothing',
    file: 'extension/inference.ts',
    find: 'PromiseLike<HandlerResult>] ? R : NoReply',
    replace: 'PromiseLike<HandlerResult>] ? R : R',
  },
  {
    rule: 'P12',
    what: 'phases say nothing about the order',
    file: 'hooks/hooks.ts',
    find: '  phased.sort((one, other) => one.phase - other.phase || (one.owner < other.owner ? -1 : one.owner > other.owner ? 1 : 0))\n',
    replace: '',
  },
  {
    rule: 'P14',
    what: 'stop hooks run in the order of installation',
    file: 'extension/lifecycle.ts',
    find: 'this.#stop.filter(chosen).reverse()',
    replace: 'this.#stop.filter(chosen)',
  },
  {
    rule: 'P14',
    what: 'a failing start stops nothing',
    file: 'extension/lifecycle.ts',
    find: 'await this.#runStops(limits, (hook) => hook.at < at || begun.has(hook.owner))',
    replace: 'await this.#runStops(limits, () => begun.has(""))',
  },
  {
    rule: 'P18',
    what: 'outside of a request there is no error in words',
    file: 'current.ts',
    find: 'if (ctx === undefined) {',
    replace: 'if (ctx === null) {',
  },
  {
    rule: 'P19',
    what: 'a start hook runs when it is declared',
    file: 'extension/lifecycle.ts',
    find: 'this.#start.push({ owner, run, at: this.#count })',
    replace: 'void Promise.resolve(run()).catch(() => undefined), this.#start.push({ owner, run, at: this.#count })',
    also: ['P14'],
  },
  {
    rule: 'P20',
    what: 'extensions of another copy are not known',
    file: 'extension/extension.ts',
    find: "Symbol.for('micro.extension')",
    replace: "Symbol('micro.extension')",
  },
  {
    rule: 'P20',
    what: 'any protocol will do',
    file: 'extension/install.ts',
    find: 'if (protocol !== PROTOCOL) {',
    replace: 'if (protocol === undefined) {',
  },
  {
    rule: 'P23',
    what: 'doubles are overlooked',
    file: 'extension/install.ts',
    find: 'const double = host.doubles.get(name)',
    replace: 'const double = host.doubles.get("!")',
  },
  {
    rule: 'P24',
    what: 'a blueprint is registered whatever it needs',
    file: 'app/registrations.ts',
    find: '!extensions.has(need) && !refused.has(need)',
    replace: "need === ''",
  },
  {
    rule: 'P26',
    what: 'deprecations are errors for nobody',
    file: 'extension/deprecation.ts',
    find: "=== 'error') {",
    replace: "=== 'always') {",
  },
  {
    rule: 'P26',
    what: 'deprecated keys of configuration are not looked at',
    file: 'extension/deprecation.ts',
    find: 'if (deprecated && source !== DEFAULT_SOURCE) {',
    replace: "if (deprecated && source === '') {",
  },
  {
    rule: 'P26',
    what: 'a deprecation is logged at every use',
    file: 'extension/deprecation.ts',
    find: 'if (!this.#met.has(key)) {',
    replace: "if (!this.#met.has('')) {",
  },
]
