import { blueprint, type Micro, micro, middleware } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { runCli } from '../src/cli.ts'

const signedIn = middleware(async function signedIn(_ctx, next) {
  return next({})
})

function make(): Micro {
  const app = micro(import.meta, { env: {} })
  app.get('/b', { name: 'zebra' }, () => 'x').post('/b', () => 'x')
  app.get('/a/:id<int>', { name: 'apple', use: [signedIn] }, () => 'x')
  app.get('/h', { host: ':tenant.example.com' }, () => 'x')
  const notes = blueprint('notes', import.meta, { prefix: '/notes' })
  notes.delete('/:id', { name: 'remove', automaticOptions: false }, () => 'x')
  return app.register(notes)
}

async function run(args: readonly string[], app: Micro = make()) {
  const out: string[] = []
  const code = await runCli(['routes', ...args], { app, output: { print: (line) => out.push(line), complain: (line) => out.push(line) } })
  return { code, out: out.join('\n') }
}

const pathsOf = async (args: readonly string[]) =>
  (JSON.parse((await run([...args, '--json'])).out) as { readonly path: string }[]).map(({ path }) => path)

describe('micro routes', () => {
  test('shows columns of hosts, blueprints and middleware only where some route has one', async () => {
    expect((await run([])).out).toMatch(
      /^METHODS? +HOST +PATH +NAME +BLUEPRINT +MIDDLEWARE +DECLARED AT\nGET +any +\/b +zebra {2,}\S*cli-routes\.test\.ts:\d+\n/,
    )
    const plain = micro(import.meta, { env: {} }).get('/', () => 'x')
    expect((await run([], plain)).out).toMatch(/^METHOD +PATH +NAME +DECLARED AT\n/)
    expect((await run([], micro(import.meta, { env: {} }))).out).toBe('The app has no routes.')
  })

  const orders: readonly (readonly [args: readonly string[], paths: readonly string[]])[] = [
    [[], ['/b', '/b', '/a/:id<int>', '/h', '/notes/:id']],
    [
      ['--sort', 'path'],
      ['/a/:id<int>', '/b', '/b', '/h', '/notes/:id'],
    ],
    [
      ['-s', 'name'],
      ['/b', '/h', '/a/:id<int>', '/notes/:id', '/b'],
    ],
    [['--sort=method'], ['/notes/:id', '/b', '/a/:id<int>', '/h', '/b']],
    [['--sort=host'], ['/b', '/b', '/a/:id<int>', '/notes/:id', '/h']],
    [['--method', 'post'], ['/b']],
    [['--path', 'note'], ['/notes/:id']],
    [['--name', 'notes.'], ['/notes/:id']],
    [['--host', 'example'], ['/h']],
    [['--method', 'get', '--name', 'apple'], ['/a/:id<int>']],
  ]
  test.each(orders)('%j lists %j', async (args, paths) => {
    expect(await pathsOf(args)).toEqual(paths)
  })

  test('HEAD and OPTIONS are shown where they are declared, or with --all', async () => {
    const methods = async (args: readonly string[]) =>
      (JSON.parse((await run([...args, '--json'])).out) as { readonly methods: string[] }[]).map((row) => row.methods.join())
    expect(await methods([])).toEqual(['GET', 'POST', 'GET', 'GET', 'DELETE'])
    expect(await methods(['--all'])).toEqual(['GET,HEAD,OPTIONS', 'POST,OPTIONS', 'GET,HEAD,OPTIONS', 'GET,HEAD,OPTIONS', 'DELETE'])
  })

  const matches: readonly (readonly [args: readonly string[], code: number, says: RegExp])[] = [
    [['--match', '/a/5?x=1'], 0, /\nGET +\/a\/:id<int> +apple +signedIn .*\nparams\.id = 5$/],
    [['-m', 'delete /notes/x'], 0, /\nDELETE +\/notes\/:id +notes\.remove +notes .*\nparams\.id = "x"$/],
    [['-m', 'http://acme.example.com/h'], 0, /\nparams\.tenant = "acme"$/],
    [['-m', '/h', '--host', 'acme.example.com'], 0, /\nparams\.tenant = "acme"$/],
    [['-m', 'PUT /b'], 1, /^No route answers PUT \/b; the path is answered for GET, POST\.$/],
    [['-m', '/none'], 1, /^No route answers GET \/none\.$/],
    [['-m', 'none'], 2, /give '\/path' or 'POST \/path', or a whole URL/],
  ]
  test.each(matches)('%j says which route answers', async (args, code, says) => {
    const result = await run(args)
    expect(result.out).toMatch(says)
    expect(result.code).toBe(code)
  })
})
