import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { blueprint, type MicroOptions, micro } from '@micro/core'
import { serve } from '@micro/core/node'
import { describe, expect, test } from 'vitest'
import { directory, moduleIn } from './template-site.ts'

const files = { 'static/app.css': 'a {}', 'shop/static/shop.css': 'b {}' }

function opened(settings: MicroOptions = {}) {
  const root = directory(files)
  const app = micro(moduleIn(root), { mode: 'production', env: { MICRO_SECRET_KEY: 'x'.repeat(40) }, ...settings })
  const shop = blueprint('shop', moduleIn(join(root, 'shop')), { prefix: '/shop' })
  app.register(shop)
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const get = (path: string) => app.fetch(new Request(`http://localhost${path}`))
  return { app, get, write }
}

describe('the URL of a static file', () => {
  test('names the version of its content, and is kept for a year', async () => {
    const { app, get } = opened()
    const url = app.urlFor('static', { path: 'app.css' })
    expect(url).toMatch(/^\/static\/app\.css\?v=[\w-]{10}$/)
    const server = await serve(app, { port: 0, signals: false })
    try {
      for (const ask of [get, (path: string) => fetch(server.url + path)]) {
        const response = await ask(url)
        expect([response.status, await response.text()]).toEqual([200, 'a {}'])
        expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      }
    } finally {
      await server.stop()
    }
  })

  test('changes with the content, and with nothing else', () => {
    const { app, write } = opened()
    const url = () => app.urlFor('static', { path: 'app.css' })
    const before = url()
    write('static/app.css', 'a {}')
    expect(url()).toBe(before)
    write('static/app.css', 'b {}')
    expect(url()).not.toBe(before)
  })

  test('of a blueprint has one too, by either name, unless the app overrides the file', async () => {
    const { app, get, write } = opened()
    const url = app.urlFor('shop.static', { path: 'shop.css' })
    expect(url).toMatch(/^\/static\/shop\/shop\.css\?v=/)
    expect(app.urlFor('static', { path: 'shop/shop.css' })).toBe(url)
    expect((await get(url)).headers.get('cache-control')).toContain('immutable')
    write('static/shop/shop.css', 'own')
    expect(app.urlFor('shop.static', { path: 'shop.css' })).not.toBe(url)
  })

  test.each<[what: string, query: string]>([
    ['another version', '?v=0123456789'],
    ['no version', ''],
    ['an empty version', '?v='],
  ])('with %s is served, but not kept', async (_, query) => {
    const { get } = opened()
    const response = await get(`/static/app.css${query}`)
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-cache'])
  })

  test('has none where there is no such file, where it names one itself, or where versions are off', () => {
    expect(opened().app.urlFor('static', { path: 'gone.css' })).toBe('/static/gone.css')
    expect(opened().app.urlFor('static', { path: 'app.css', v: '2' })).toBe('/static/app.css?v=2')
    expect(opened({ config: { static: { versions: false } } }).app.urlFor('static', { path: 'app.css' })).toBe('/static/app.css')
  })

  test('with a name that is too long for the disk is no failure of the server', async () => {
    expect((await opened().get(`/static/${'a'.repeat(5000)}?v=1`)).status).toBe(404)
  })
})
