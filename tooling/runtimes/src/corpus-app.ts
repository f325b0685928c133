/** An app with a route for every kind of reply and of body, for comparing the ways into an app. */
import { abort, isHttpError, type Micro, micro } from '@micro/core'

/** Makes the app; templates and static files lie beside this module. */
export function corpusApp(): Micro {
  const app = micro(import.meta, {
    mode: 'test',
    env: {},
    config: { secretKey: 'a secret that only this comparison knows', limits: { bodyBytes: 1000 } },
    logSink: () => undefined,
  })
  replies(app)
  bodies(app)
  state(app)
  app.beforeRequest((ctx) => ctx.setHeader('X-Before', ctx.method))
  app.onError(418, (error, ctx) => ctx.text(`a teapot: ${isHttpError(error) ? error.message : error}`))
  return app
}

function replies(app: Micro): void {
  app.get('/text', () => 'Hällo')
  app.get('/plain', (ctx) => ctx.text('plain', 201))
  app.get('/json', () => ({ list: [1, 'two', null], text: 'ü' }))
  app.get('/bytes', () => new Uint8Array([0, 1, 2, 253, 254, 255]))
  app.get('/blob', () => new Blob(['a blob'], { type: 'text/x-blob' }))
  app.get('/pieces', async function* () {
    yield 'one '
    yield 'twö '
    yield new TextEncoder().encode('three')
  })
  app.get('/stream', () => new Blob(['streamed']).stream())
  app.get(
    '/response',
    () =>
      new Response('native', {
        status: 203,
        headers: [
          ['x-own', 'yes'],
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
        ],
      }),
  )
  app.get('/empty', () => new Response(null, { status: 204 }))
  app.get('/page', (ctx) => ctx.render('page.ejs', { title: 'A <b>', items: ['one', '"two"'] }))
  app.get('/redirect', (ctx) => ctx.redirect(ctx.urlFor('show', { id: 7 })))
  app.get('/events', (ctx) =>
    ctx.events(
      (async function* () {
        yield { event: 'tick', data: 'one\ntwo', id: '1' }
        yield { data: 'three' }
      })(),
    ),
  )
  app.get('/file', (ctx) => ctx.file(`${import.meta.dirname}/static/words.txt`, { download: 'Wörter.txt' }))
  app.get('/show/:id<int>', { name: 'show' }, (ctx) => ({ id: ctx.params.id }))
  app.get('/slashed/', () => 'slashed')
  app.get('/rest/:path<path>', (ctx) => ctx.params.path)
  app.get('/name/:name', (ctx) => ctx.json({ name: ctx.params.name, query: ctx.query.getAll('q'), path: ctx.path }))
  app.get('/headers', (ctx) => ctx.json({ accept: ctx.headers.get('X-Sent'), cookies: ctx.cookies }))
  app.get('/teapot', () => abort(418, 'short and stout'))
  app.get('/refused', () => abort(403, 'Not you.'))
  app.get('/failure', () => {
    throw new Error('a secret detail')
  })
  app.mount('/inside', (request) => new Response(`${request.method} ${new URL(request.url).pathname}`))
}

function bodies(app: Micro): void {
  app.post('/read-text', async (ctx) => ctx.text(await ctx.readText()))
  app.post('/read-json', async (ctx) => ({ got: await ctx.readJson() }))
  app.post('/read-form', async (ctx) => ({ got: [...(await ctx.readForm()).entries()] }))
  app.post('/read-bytes', async (ctx) => ctx.reply(await ctx.readBytes()))
  app.post('/read-stream', async (ctx) => {
    let bytes = 0
    for await (const chunk of ctx.readStream()) {
      bytes += chunk.length
    }
    return { bytes }
  })
  app.post('/read-none', () => 'not read')
  app.put('/thing', () => 'put')
  app.delete('/thing', () => 'deleted')
}

function state(app: Micro): void {
  app.get('/cookies', (ctx) => {
    ctx.setCookie('plain', 'a b', { path: '/cookies', sameSite: 'strict', maxAge: 60 })
    ctx.deleteCookie('old')
    return 'cookies'
  })
  app.get('/session', (ctx) => {
    ctx.session.set('seen', true)
    ctx.flash('kept')
    return 'session'
  })
}
