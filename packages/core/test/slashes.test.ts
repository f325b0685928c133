import { blueprint } from '@micro/core'
import { describe, expect, test } from 'vitest'
import { DOORS } from './both.ts'

/** Status and `Location` of a reply, or its text. */
type Answer = string | number

describe.each(DOORS)('slashes through $name', ({ open }) => {
  const table = async (prepare: Parameters<typeof open>[0], options?: Parameters<typeof open>[1]) => {
    const { send } = await open(prepare, options)
    return async (path: string, method = 'GET'): Promise<Answer> => {
      const { status, headers, text } = await send(path, { method })
      return status === 308 ? `→ ${headers.get('location')}` : status === 200 ? text : status
    }
  }

  test('a path that ends with a slash redirects from the one without, and not the other way round', async () => {
    const ask = await table((app) => {
      app.get('/dir/', () => 'dir').post('/posted/', () => 'posted')
      app.get('/leaf', () => 'leaf')
      app.get('/:x<int>/', (ctx) => [ctx.params.x])
    })
    expect(await ask('/dir')).toBe('→ /dir/')
    expect(await ask('/dir?a=1&b')).toBe('→ /dir/?a=1&b')
    expect(await ask('/dir', 'HEAD')).toBe('→ /dir/')
    expect(await ask('/posted', 'POST')).toBe('→ /posted/')
    expect(await ask('/5')).toBe('→ /5/')
    expect(await ask('/x')).toBe(404)
    expect(await ask('/leaf/')).toBe(404)
    expect(await ask('/dir', 'POST')).toBe(404)
    expect(await ask('/dir/', 'POST')).toBe(405)
  })

  test('the redirect comes before what is less specific, and after what answers the path itself', async () => {
    const ask = await table((app) => {
      app.get('/:rest<path>', (ctx) => `rest ${ctx.params.rest}`)
      app.get('/:name', (ctx) => `name ${ctx.params.name}`)
      app.get('/dir/', () => 'dir')
      app.get('/both/', () => 'with').get('/both', () => 'without')
      app.post('/half', () => 'posted').get('/half/', () => 'got')
    })
    expect(await ask('/dir')).toBe('→ /dir/')
    expect(await ask('/other')).toBe('name other')
    expect(await ask('/other/x')).toBe('rest other/x')
    expect([await ask('/both'), await ask('/both/')]).toEqual(['without', 'with'])
    expect([await ask('/half', 'POST'), await ask('/half')]).toEqual(['posted', '→ /half/'])
  })

  test('a lenient route answers both; the app, a blueprint and a route may say so, the innermost counts', async () => {
    const ask = await table(
      (app) => {
        const strict = blueprint('strict', import.meta, { prefix: '/strict', strictSlashes: true })
        strict.get('/leaf', () => 'leaf').get('/lenient', { strictSlashes: false }, () => 'lenient')
        app.register(strict)
        app.get('/leaf', () => 'leaf').get('/dir/', () => 'dir')
        app.get('/pair', () => 'without').get('/pair/', () => 'with')
        app.get('/:x<int>/', (ctx) => [ctx.params.x])
        app.get('/:rest<path>', (ctx) => `rest ${ctx.params.rest}`)
      },
      { strictSlashes: false },
    )
    expect([await ask('/leaf'), await ask('/leaf/')]).toEqual(['leaf', 'leaf'])
    expect([await ask('/dir'), await ask('/dir/')]).toEqual(['dir', 'dir'])
    expect([await ask('/pair'), await ask('/pair/')]).toEqual(['without', 'with'])
    expect([await ask('/5'), await ask('/5/')]).toEqual(['[5]', '[5]'])
    expect(await ask('/any/')).toBe('rest any/')
    expect([await ask('/strict/leaf'), await ask('/strict/leaf/')]).toEqual(['leaf', 'rest strict/leaf/'])
    expect(await ask('/strict/lenient/')).toBe('lenient')
  })

  test('repeated slashes are merged by 308 where a route answers then, in one step; inside the rest of a path they stay', async () => {
    const ask = await table((app) => {
      app
        .get('/a/b', () => 'ab')
        .post('/a/b', () => 'posted')
        .get('/dir/', () => 'dir')
      app.get('/raw/a', { mergeSlashes: false }, () => 'raw')
      app.get('/files/:rest<path>', (ctx) => ctx.params.rest)
    })
    expect(await ask('/a//b?q=1')).toBe('→ /a/b?q=1')
    expect(await ask('/a//b', 'POST')).toBe('→ /a/b')
    expect(await ask('//dir')).toBe('→ /dir/')
    expect(await ask('/dir//')).toBe('→ /dir/')
    expect(await ask('//a///b')).toBe('→ /a/b')
    expect(await ask('/raw//a')).toBe(404)
    expect(await ask('/nowhere//x')).toBe(404)
    expect(await ask('/a//b', 'DELETE')).toBe(404)
    expect(await ask('/files/x//y/')).toBe('x//y/')
    expect(await ask('/files//x')).toBe('→ /files/x')
  })

  test('the body survives the redirect', async () => {
    const { app } = await open((made) => made.post('/echo/', async (ctx) => ctx.readText()))
    const reply = await app.client().post('/echo?a=1', { body: 'kept', headers: { 'Content-Type': 'text/plain' } })
    expect([reply.status, await reply.text()]).toEqual([200, 'kept'])
  })
})
