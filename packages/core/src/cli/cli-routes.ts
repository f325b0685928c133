/** `micro routes`: the routes of the app, or which of them answers a request. */
import { relative } from 'node:path'
import type { Micro } from '../app/micro.ts'
import type { Route } from '../routing/route.ts'
import { UsageError } from './cli-args.ts'
import type { CliCall, OwnCommand } from './cli-call.ts'

const KEYS = ['declared', 'path', 'name', 'method', 'host'] as const

/** A route as it is listed. */
interface RouteRow {
  readonly methods: readonly string[]
  readonly path: string
  readonly name: string | null
  readonly host: string | null
  readonly blueprint: string | null
  /** Names of their functions; null for one without. */
  readonly middleware: readonly (string | null)[]
  /** File and line of the declaration. */
  readonly where: string
}

export const cliRoutes: OwnCommand = {
  options: {
    description: 'Lists the routes of the app: method, path, name and where each is declared.',
    flags: {
      sort: { type: 'string', description: 'How they are ordered.', short: 's', choices: KEYS, default: 'declared', value: 'by' },
      method: { type: 'string', description: 'Only routes that answer this method.' },
      path: { type: 'string', description: 'Only paths with this text in them.', value: 'text' },
      name: { type: 'string', description: 'Only names with this text in them.', value: 'text' },
      host: { type: 'string', description: 'Only hosts with this text in them; with --match, the host that is asked.', value: 'text' },
      match: {
        type: 'string',
        description: "Says which route answers: '/path' or 'POST /path', or a whole URL.",
        short: 'm',
        value: 'request',
      },
      all: { type: 'boolean', description: 'Shows HEAD and OPTIONS too, where they are answered by themselves.' },
      json: { type: 'boolean', description: 'Prints JSON.' },
    },
    examples: ['micro routes --sort path --method post', "micro routes --match 'GET /notes/5'", "micro routes --json | jq '.[].path'"],
  },
  run: async (call) => {
    const { app, problems } = await call.load()
    const match = call.text('match')
    if (match !== undefined && problems.length === 0) {
      return showMatch(app, match, call)
    }
    const failures = [...problems]
    let routes: readonly Route[] = []
    try {
      routes = app.routes
    } catch (error) {
      failures.push(error)
    }
    showRoutes(routes, call)
    return call.complain(failures)
  },
}

function showRoutes(routes: readonly Route[], call: CliCall): void {
  const rows = sorted(
    routes.map((route) => rowOf(route, call.has('all'))).filter((row) => isWanted(row, call)),
    call.text('sort') ?? 'declared',
  )
  if (call.has('json')) {
    call.print(JSON.stringify(rows, null, 2))
  } else if (rows.length === 0) {
    call.print(routes.length === 0 ? 'The app has no routes.' : 'No route is like that.')
  } else {
    showTable(rows, call)
  }
}

/** What no route has makes no column. */
function showTable(rows: readonly RouteRow[], call: CliCall): void {
  const hasHosts = rows.some(({ host }) => host !== null)
  const hasBlueprints = rows.some(({ blueprint }) => blueprint !== null)
  const hasMiddleware = rows.some(({ middleware }) => middleware.length > 0)
  const cells = rows.map(({ methods, path, name, host, blueprint, middleware, where }) => ({
    // One that answers nothing is a URL that something else answers.
    methods: methods.join(',') || '–',
    ...(hasHosts ? { host: host ?? 'any' } : {}),
    path,
    name: name ?? '',
    ...(hasBlueprints ? { blueprint: blueprint ?? '' } : {}),
    ...(hasMiddleware ? { middleware: inWords(middleware) } : {}),
    where: nearHere(where),
  }))
  const heads: { readonly [key: string]: string } = { methods: 'METHOD', where: 'DECLARED AT' }
  call.show(
    cells,
    Object.keys(cells[0] as object).map((key) => heads[key] ?? key.toUpperCase()),
  )
}

function inWords(middleware: readonly (string | null)[]): string {
  const names = middleware.filter((name) => name !== null)
  const more = middleware.length - names.length
  return [...names, ...(more === 0 ? [] : [names.length === 0 ? String(more) : `${more} more`])].join(', ')
}

/** Places below the current directory are told from there. */
function nearHere(where: string): string {
  const path = relative(process.cwd(), where)
  return where === 'core' || path.startsWith('..') ? where : path
}

function rowOf({ methods, path, name, host, blueprint, record, placement }: Route, withOwn: boolean): RouteRow {
  const said = methods.map((method) => (method === '*' ? 'ALL' : method))
  const own = [
    ...(said.includes('GET') ? ['HEAD'] : []),
    ...(placement.automaticOptions === false || said.includes('ALL') ? [] : ['OPTIONS']),
  ]
  return {
    methods: withOwn ? [...new Set([...said, ...own])] : said,
    path,
    name: name ?? null,
    host: host === null ? (record.origin ?? null) : host.host,
    blueprint: blueprint ?? null,
    middleware: record.middleware.map(({ run }) => run.name || null),
    where: record.where,
  }
}

function isWanted(row: RouteRow, call: CliCall): boolean {
  const method = call.text('method')?.toUpperCase()
  const has = (flag: 'path' | 'name' | 'host'): boolean => {
    const text = call.text(flag)
    return text === undefined || (row[flag] ?? '').includes(text)
  }
  const answers = method === undefined || row.methods.includes(method) || row.methods.includes('ALL')
  return answers && has('path') && has('name') && has('host')
}

function sorted(rows: readonly RouteRow[], by: string): readonly RouteRow[] {
  const texts: { readonly [by: string]: (row: RouteRow) => string | null } = {
    path: (row) => row.path,
    name: (row) => row.name,
    method: (row) => row.methods.join(),
    host: (row) => row.host,
  }
  const text = texts[by]
  return text === undefined ? rows : rows.toSorted((one, other) => (text(one) ?? '').localeCompare(text(other) ?? '', 'en'))
}

function showMatch(app: Micro, asked: string, call: CliCall): number {
  const [, method = 'GET', target = ''] = /^(?:([A-Za-z]+)\s+)?(\S+)$/.exec(asked) ?? []
  const url = URL.parse(target, `http://${call.text('host') ?? 'localhost'}`)
  if (url === null || !/^(\/|https?:)/.test(target)) {
    throw new UsageError(`--match '${asked}': give '/path' or 'POST /path', or a whole URL.`)
  }
  const options = { method: method.toUpperCase(), host: url.host }
  const found = app.matchRoute(url.pathname, options)
  if (call.has('json')) {
    call.print(JSON.stringify(found === undefined ? null : { ...rowOf(found.route as Route, false), params: found.params }, null, 2))
  } else if (found === undefined) {
    const others = METHODS.filter((other) => app.matchRoute(url.pathname, { ...options, method: other }) !== undefined)
    call.print(
      `No route answers ${options.method} ${url.pathname}${others.length === 0 ? '.' : `; the path is answered for ${others.join(', ')}.`}`,
    )
  } else {
    showTable([rowOf(found.route as Route, false)], call)
    for (const [name, value] of Object.entries(found.params)) {
      call.print(`params.${name} = ${typeof value === 'string' ? JSON.stringify(value) : String(value)}`)
    }
  }
  return found === undefined ? 1 : 0
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
