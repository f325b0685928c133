import { cpSync } from 'node:fs'
import { micro } from '@micro/core'
import { serve } from '@micro/core/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DirectoryOptions, type DirectoryServer, serveDirectory } from '../src/files/static-files.ts'
import { FileFixture, showsOpenFiles } from './file-fixture.ts'
import { type ReplyServer, replyServer, type Seen, timesOpen } from './reply-server.ts'

const fixture = new FileFixture('static-files')
let answer: DirectoryServer
let server: ReplyServer

beforeAll(async () => {
  fixture.put('outside/secret.txt', 'outside')
  fixture.put('public/app.css', 'a { color: red }')
  fixture.put('public/a b/ü.txt', 'spaced')
  fixture.put('public/100%25.txt', 'percent')
  fixture.put('public/.env', 'SECRET=1')
  fixture.put('public/.git/config', '[core]')
  fixture.put('public/.well-known/security.txt', 'Contact: x')
  fixture.put('public/docs/index.html', '<h1>Docs</h1>')
  fixture.put('public/plain/file.txt', 'plain')
  fixture.put('public-secrets/key.pem', 'a sibling whose name starts the same')
  server = await replyServer((request, path) => answer(request, path))
})

afterAll(async () => {
  await server.close()
  fixture.remove()
})

/** Asks a server of the directory that remembers nothing yet. */
function ask(
  path: string,
  headers: { readonly [name: string]: string } = {},
  options: DirectoryOptions = {},
  directory = 'public',
): Promise<Seen> {
  answer = serveDirectory(fixture.at(directory), options)
  return server.ask(path, headers)
}

describe('serveDirectory', () => {
  describe('paths', () => {
    const rows: readonly (readonly [path: string, text: string | null])[] = [
      ['/app.css', 'a { color: red }'],
      ['/a%20b/%C3%BC.txt', 'spaced'],
      ['/100%2525.txt', 'percent'],
      ['/.well-known/security.txt', 'Contact: x'],
      ['/plain/file.txt', 'plain'],
      ['/missing.txt', null],
      ['/app.css/', null],
      ['/app.css/x', null],
      ['/plain', null],
      ['/docs', null],
      ['/docs/', null],
      ['/plain/', null],
      ['/', null],
      ['//app.css', null],
      ['/plain//file.txt', null],
      ['/./app.css', null],
      ['/plain/../app.css', null],
      ['/../outside/secret.txt', null],
      ['/%2e%2e/outside/secret.txt', null],
      ['/..%2foutside%2fsecret.txt', null],
      ['/%2e%2e%2foutside/secret.txt', null],
      ['/plain/%2e%2e/%2e%2e/outside/secret.txt', null],
      ['/%252e%252e/outside/secret.txt', null],
      ['/..%5coutside%5csecret.txt', null],
      ['/../public-secrets/key.pem', null],
      ['/%00app.css', null],
      ['/app.css%00', null],
      ['/.env', null],
      ['/%2eenv', null],
      ['/.git/config', null],
      ['/plain/.well-known/x', null],
      ['/etc/passwd', null],
      ['//etc/passwd', null],
      [`/${'x/'.repeat(3000)}x`, null],
    ]

    test.each(rows)('%s', async (path, text) => {
      const { status, body } = await ask(path)
      expect(status).toBe(text === null ? 404 : 200)
      expect(body.toString()).toBe(text ?? '')
    })

    test('an absolute one does not leave the directory', async () => {
      expect(
        await serveDirectory(fixture.at('public'))({ method: 'GET', header: () => undefined }, fixture.at('outside/secret.txt')),
      ).toBeNull()
    })
  })

  test('answers null where there is no directory, and serves it once it is there', async () => {
    answer = serveDirectory(fixture.at('later'))
    expect((await server.ask('/a.txt')).status).toBe(404)
    fixture.put('later/a.txt', 'now')
    expect((await server.ask('/a.txt')).body.toString()).toBe('now')
  })

  test('reads nothing before the first request', () => {
    expect(() => serveDirectory(fixture.at('never/was'))).not.toThrow()
  })

  test('sends files as sendFile does: conditions, ranges, types', async () => {
    const whole = await ask('/app.css')
    expect(whole.headers).toMatchObject({
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
    })
    expect((await ask('/app.css', { 'If-None-Match': whole.headers.etag ?? '' })).status).toBe(304)
    const part = await ask('/app.css', { Range: 'bytes=0-0' })
    expect([part.status, part.body.toString()]).toEqual([206, 'a'])
    expect((await ask('/app.css', { Range: 'bytes=900-' })).status).toBe(416)
  })

  test('lets caches keep files for maxAge', async () => {
    expect((await ask('/app.css', {}, { maxAge: 600 })).headers['cache-control']).toBe('public, max-age=600')
    expect((await ask('/app.css', { 'If-None-Match': '*' }, { maxAge: 600 })).headers['cache-control']).toBe('public, max-age=600')
  })

  describe('index', () => {
    const indexed = (path: string, headers?: { readonly [name: string]: string }): Promise<Seen> => ask(path, headers, { index: true })

    test('answers a directory, at its URL with a slash', async () => {
      const seen = await indexed('/docs/')
      expect([seen.status, seen.headers['content-type'], seen.body.toString()]).toEqual([200, 'text/html; charset=utf-8', '<h1>Docs</h1>'])
      const without = await indexed('/docs')
      expect([without.status, without.headers.location]).toEqual([308, 'docs/'])
      expect(showsOpenFiles && timesOpen(fixture.at('public/docs/index.html'))).toBe(showsOpenFiles && 0)
    })

    test('answers the directory itself', async () => {
      fixture.put('site/index.html', 'home')
      expect((await ask('/', {}, { index: true }, 'site')).body.toString()).toBe('home')
    })

    const none: readonly string[] = [
      '/plain',
      '/plain/',
      '/docs//',
      '/../',
      '/.git/',
      '/links/directory/',
      '/links/directory',
      '/missing/',
      '//evil.example/',
    ]

    test.each(none)('%s has none', async (path) => {
      fixture.put('outside/index.html', 'outside')
      expect((await indexed(path)).status).toBe(404)
    })

    test('a redirect names no other host', async () => {
      fixture.put('public/http:/index.html', 'odd')
      expect((await indexed('/http:')).headers.location).toBe('http%3A/')
    })
  })
})

describe('static files of an app', () => {
  test('come through fetch and a socket alike, and hide what is not theirs', async () => {
    cpSync(fixture.at('public'), fixture.at('app/static'), { recursive: true, filter: (source) => !source.includes('links') })
    const app = micro(import.meta, { mode: 'test', env: {}, root: fixture.at('app'), config: { static: { maxAge: 30 } } })
    app.get('/', () => 'home')
    const running = await serve(app, { port: 0, signals: false })
    try {
      for (const asked of [
        (path: string) => app.fetch(new Request(`http://localhost${path}`)),
        (path: string) => fetch(running.url + path),
      ]) {
        const seen = await asked('/static/app.css')
        expect([seen.status, seen.headers.get('cache-control'), await seen.text()]).toEqual([200, 'public, max-age=30', 'a { color: red }'])
        for (const path of [
          '/static/.env',
          '/static/%2e%2e%2fsecret',
          '/static/..%2f..%2foutside%2fsecret.txt',
          '/static/missing',
          '/static/plain',
          '/static/a%00b',
          '/static/%5c..%5cx',
        ]) {
          expect((await asked(path)).status, path).toBe(404)
        }
      }
    } finally {
      await running.stop()
    }
  })
})
