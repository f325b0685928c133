import { SAMPLE_ORDER } from './sample-order.ts'
import { requestOf, type Scenario } from './scenario.ts'

const order = requestOf('/orders', { method: 'POST', headers: { 'content-type': 'application/json' }, body: SAMPLE_ORDER })

/** Everything `pnpm bench` measures, in the order it does. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'noise-floor',
    about: 'bare node:http against itself: what differs from 1.00 here is noise',
    request: requestOf('/'),
    status: 200,
    baseline: 'bare/hello',
    contestants: { bare: 'bare/hello' },
  },
  {
    name: 'hello',
    about: 'a page of 13 characters',
    request: requestOf('/'),
    status: 200,
    ...contestants('hello', ['micro', 'fastify', 'hono']),
    targets: { 24: 1, others: 0.97 },
  },
  {
    name: 'headers',
    about: 'a page of 13 characters with the security headers that Micro sends by itself',
    request: requestOf('/'),
    status: 200,
    ...contestants('headers', ['micro']),
    targets: { 24: 1, others: 0.97 },
  },
  {
    name: 'text',
    about: 'plain text of 13 characters',
    request: requestOf('/'),
    status: 200,
    ...contestants('text', ['micro', 'fastify', 'hono']),
    targets: { 24: 1, others: 0.95 },
  },
  {
    name: 'json',
    about: 'a small object as JSON',
    request: requestOf('/'),
    status: 200,
    ...contestants('json', ['micro', 'fastify', 'hono']),
    targets: { 24: 1, others: 0.95 },
  },
  {
    name: 'routes',
    about: 'one of 201 routes with a param, a query value and a header of its own; bare has no route table',
    request: requestOf('/user/4711?q=tea'),
    status: 200,
    ...contestants('routes', ['micro', 'fastify', 'hono']),
    targets: { 24: 1, others: 0.95 },
  },
  {
    name: 'hooks',
    about: 'ten hooks before the handler',
    request: requestOf('/'),
    status: 200,
    ...contestants('hooks', ['micro', 'fastify', 'hono']),
    targets: { others: 0.93 },
  },
  {
    name: 'post',
    about: 'a JSON body of 1 KB, parsed and sent back',
    request: order,
    status: 200,
    ...contestants('post', ['micro', 'fastify', 'hono']),
  },
  {
    name: 'post-zod',
    about: 'a JSON body of 1 KB, parsed, validated by zod and sent back',
    request: order,
    status: 200,
    ...contestants('post-zod', ['micro', 'fastify', 'hono']),
    targets: { others: 0.92 },
  },
  {
    name: 'session',
    about: 'a signed cookie session, read and written',
    request: requestOf('/'),
    status: 200,
    cookie: true,
    ...contestants('session', ['micro', 'fastify', 'hono']),
    targets: { others: 0.95 },
  },
  {
    name: 'static',
    about: 'a file of 10 KB; bare is stat and a stream by hand',
    request: requestOf('/static/10k.txt'),
    status: 200,
    baseline: 'bare/static',
    contestants: { micro: 'micro/plain' },
    targets: { others: 1.8 },
  },
  {
    name: 'static-large',
    about: 'a file of 1 MB; bare is stat and a stream by hand',
    request: requestOf('/static/1m.txt'),
    status: 200,
    baseline: 'bare/static',
    contestants: { micro: 'micro/plain' },
    targets: { others: 1.3 },
  },
  {
    name: 'page',
    about: 'a page of twenty rows, escaped, in a layout; bare calls EJS by hand, compiled once in strict mode',
    request: requestOf('/'),
    status: 200,
    ...contestants('page', ['micro']),
    targets: { others: 0.95 },
  },
  {
    name: 'missing',
    about: 'a path that no route has',
    request: requestOf('/missing'),
    status: 404,
    baseline: 'bare/missing',
    contestants: { micro: 'micro/plain' },
  },
  untouched('hello', requestOf('/'), 200),
  untouched('missing', requestOf('/missing'), 404),
  untouched('static', requestOf('/static/10k.txt'), 200),
  untouched('post', order, 200),
]

function contestants(name: string, folders: readonly string[]): Pick<Scenario, 'baseline' | 'contestants'> {
  return { baseline: `bare/${name}`, contestants: Object.fromEntries(folders.map((folder) => [folder, `${folder}/${name}`])) }
}

/** Four extensions installed and not used, compared with the same app without them. */
function untouched(name: string, request: Scenario['request'], status: number): Scenario {
  return {
    name: `untouched-${name}`,
    about: `${request.method} ${request.path} with four extensions installed and untouched, against none installed`,
    request,
    status,
    baseline: 'micro/plain',
    contestants: { micro: 'micro/extended' },
    targets: { others: 0.97 },
  }
}
