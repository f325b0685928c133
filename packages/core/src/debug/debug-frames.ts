/** The places that a stack names, with the source around each. */
/** Lines shown before and after the one that counts. */
const AROUND = 5
const MOST_BYTES = 1_000_000
const MOST_FRAMES = 40

/** Files that are read for their source. A stack is a text that anybody may have written. */
const SOURCE = /\.[cm]?[jt]sx?$/

/** One place of a stack. */
export interface DebugFrame {
  /** What was called there; empty at the top of a module. */
  readonly call: string
  /** As short as it can be named: from the app's directory, or from `node_modules`. */
  readonly file: string
  readonly line: number
  readonly column: number
  /** Whose code it is: the app's own, of a package (core too), or Node's. */
  readonly owner: 'app' | 'package' | 'node'
  readonly source?: DebugSource
}

/** Lines of a file. */
export interface DebugSource {
  /** Number of the first line. */
  readonly from: number
  readonly lines: readonly string[]
}

const FRAME = /^\s+at (?:(.*) \()?(?:async )?((?:file:|node:|\/|[A-Za-z]:[\\/]).*?):(\d+):(\d+)\)?$/
/** Where a module could not be read: `file:///app.ts:3` before anything else. */
const PLACE = /^((?:file:|\/|[A-Za-z]:[\\/]).*?):(\d+)$/

/** The folder of core's modules, where this is a file at all: of sources, or of what they are built to, however deep this one lies. */
const CORE = /^.*[\\/](?:src|dist)(?=[\\/]|$)/.exec(import.meta.dirname ?? '')?.[0]

/** The places of a stack, the innermost first. Files below `root` are named from there. */
export function framesOf({ message, stack = '' }: Error, root: string): readonly DebugFrame[] {
  const first = PLACE.exec(stack.split('\n', 1)[0] ?? '')
  const start = stack.indexOf(message)
  const lines = (start < 0 ? stack : stack.slice(start + message.length)).split('\n')
  const calls = lines.map((line) => FRAME.exec(line)).filter((match) => match !== null)
  const places = calls.map(([, call = '', file = '', line, column]) => ({ call, file, line: Number(line), column: Number(column) }))
  if (first !== null) {
    places.unshift({ call: '', file: first[1] as string, line: Number(first[2]), column: 0 })
  }
  return places
    .slice(0, MOST_FRAMES)
    .map(({ call, file, line, column }) => frameAt({ call: call.replace(/^async /, ''), path: pathOf(file), line, column }, root))
}

/** A place, before its source is read. */
export interface DebugPlace {
  readonly call: string
  readonly path: string
  readonly line: number
  readonly column: number
}

/** A place with the source around it. */
export function frameAt(place: DebugPlace, root: string): DebugFrame {
  const { path, line, ...rest } = place
  const owner = path.startsWith('node:') ? 'node' : isOfPackage(path) ? 'package' : 'app'
  const source = owner === 'node' ? undefined : sourceAround(path, line)
  return { ...rest, line, file: shortName(path, root), owner, ...(source === undefined ? {} : { source }) }
}

/** The place in a template, which no stack names: what to do about its error tells it, with the lines around it. */
export function templateFrames(fix = '', root: string): readonly DebugFrame[] {
  const [, place = '', ...rows] = fix.split('\n')
  const [, path, line] = /^(.+):(\d+)$/.exec(place) ?? []
  const lines = rows.map((row) => /^(?:>> | {3})(\d+)\| (.*)$/.exec(row)).filter((match) => match !== null)
  if (path === undefined || lines.length === 0) {
    return []
  }
  const source = { from: Number(lines[0]?.[1]), lines: lines.map(([, , text = '']) => text) }
  return [{ ...frameAt({ call: 'the template', path, line: Number(line), column: 0 }, root), source }]
}

function pathOf(file: string): string {
  if (!file.startsWith('file:')) {
    return file
  }
  try {
    return process.getBuiltinModule('node:url').fileURLToPath(file.replace(/[?#].*$/, ''))
  } catch {
    return file
  }
}

function isOfPackage(path: string): boolean {
  return /[\\/]node_modules[\\/]/.test(path) || (CORE !== undefined && path.startsWith(CORE))
}

function shortName(path: string, root: string): string {
  if (CORE !== undefined && path.startsWith(CORE)) {
    return `@micro/core${path.slice(CORE.length)}`
  }
  const modules = path.lastIndexOf('node_modules')
  return modules >= 0 ? path.slice(modules + 'node_modules/'.length) : path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path
}

/** Source around a line; undefined where there is none to show. */
function sourceAround(path: string, line: number): DebugSource | undefined {
  if (!SOURCE.test(path)) {
    return undefined
  }
  try {
    const { readFileSync, statSync } = process.getBuiltinModule('node:fs')
    const { size } = statSync(path)
    const lines = size > MOST_BYTES ? [] : readFileSync(path, 'utf8').split(/\r?\n/)
    const from = Math.max(1, line - AROUND)
    return line > lines.length ? undefined : { from, lines: lines.slice(from - 1, line + AROUND) }
  } catch {
    return undefined
  }
}
