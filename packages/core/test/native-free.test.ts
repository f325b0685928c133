import { expect, test } from 'vitest'
import { runModule } from './child.ts'
import { directory } from './template-site.ts'

test('the Node path needs no native Request, Response or Headers: constructors that throw are in their place', async () => {
  const root = directory({ 'static/a.css': 'a{}', 'templates/hello.ejs': 'Hello, <%= name %>!' })
  const child = runModule(`
    for (const name of ['Request', 'Response', 'Headers']) {
      globalThis[name] = class { constructor() { throw new Error(name + ' was constructed') } }
    }
    const { get, request } = await import('node:http')
    const { micro } = await import('@micro/core')
    const { serve } = await import('@micro/core/node')
    const app = micro({ ...import.meta, dirname: ${JSON.stringify(root)} }, { mode: 'test', env: {} })
    app.get('/', () => 'Hello, World!')
    app.get('/json', () => ({ a: 1 }))
    app.get('/hello/:name', (ctx) => ctx.render('hello.ejs', { name: ctx.params.name }))
    app.get('/square/:n<int>', (ctx) => ({ n: ctx.params.n ** 2, q: ctx.query.get('q'), h: ctx.headers.get('X-A'), c: ctx.cookies.a }))
    app.get('/set', (ctx) => { ctx.session.set('n', 5); ctx.flash('Saved.'); return ctx.redirect('/get') })
    app.get('/get', (ctx) => ({ n: ctx.session.get('n'), flashes: ctx.flashes() }))
    app.post('/post', async (ctx) => ({ got: await ctx.readJson() }))
    app.get('/stream', () => (async function* () { yield 'a'; yield 'b' })())
    app.get('/fail', () => { throw new Error('no') })
    const { port } = await serve(app, { port: 0 })
    const ask = (path, { method = 'GET', headers = {}, body } = {}) => new Promise((resolve, reject) => {
      request({ port, path, method, headers, agent: false }, async (response) => {
        const text = Buffer.concat(await response.toArray()).toString()
        resolve({ line: [method, path, response.statusCode, text].join(' '), cookie: response.headers['set-cookie']?.[0].split(';')[0] })
      }).on('error', reject).end(body)
    })
    const lines = []
    for (const [path, options] of [
      ['/'], ['/', { method: 'HEAD' }], ['/json'], ['/hello/x%26y'], ['/square/5?q=1', { headers: { 'x-a': 'b', cookie: 'a=c' } }], ['/static/a.css'],
      ['/post', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '[1]' }], ['/stream'],
    ]) lines.push((await ask(path, options)).line)
    const { cookie } = await ask('/set')
    lines.push((await ask('/get', { headers: { cookie } })).line)
    for (const path of ['/nowhere', '/fail', '/static/../x']) lines.push((await ask(path)).line.replace(/ [^ ]*\\{.*/, ''))
    lines.push((await ask('/', { method: 'POST' })).line.replace(/ \\{.*/, ''))
    console.log(JSON.stringify(lines))
    await app.stop()
  `)
  await child.ended()
  expect(JSON.parse(child.output.stdout)).toEqual([
    'GET / 200 Hello, World!',
    'HEAD / 200 ',
    'GET /json 200 {"a":1}',
    'GET /hello/x%26y 200 Hello, x&amp;y!',
    'GET /square/5?q=1 200 {"n":25,"q":"1","h":"b","c":"c"}',
    'GET /static/a.css 200 a{}',
    'POST /post 200 {"got":[1]}',
    'GET /stream 200 ab',
    'GET /get 200 {"n":5,"flashes":[{"category":"message","message":"Saved."}]}',
    'GET /nowhere 404',
    'GET /fail 500',
    'GET /static/../x 404',
    'POST / 405',
  ])
  // What is logged is the error that a handler threw, nothing else.
  expect(child.output.stderr.trim().split('\n')).toEqual([expect.stringContaining('"message":"GET /fail failed"')])
})
