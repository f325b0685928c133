import * as ours from '@micro/core'
import { current } from '@micro/core/current'
import { describe, expect, test } from 'vitest'
import { microErrorOf } from './micro-error-of.ts'
import { secondCopy } from './second-copy.ts'

const { main: theirs, current: theirCurrent } = await secondCopy()

/** Something of everything, made with one copy. */
function parts(core: typeof ours) {
  const thing = core.defineExtension({
    name: 'thing',
    version: '1.0.0',
    core: '*',
    config: core.options({ word: core.option.string({ default: 'x' }) }),
    initApp: (app, config) => {
      app.onError(418, () => 'tea')
      return { app: config.word, context: (ctx) => `${config.word} ${ctx.path}` }
    },
  })
  const adding = core.middleware({ needs: [thing] }, async (ctx, next) => next({ added: ctx.thing }))
  const pages = core.blueprint('pages', import.meta, { needs: [thing], prefix: '/pages' })
  pages.get('/abort', () => core.abort(404, 'Not this one.', { headers: { 'X-From': 'abort' } }))
  pages.get('/reply', () => new core.Reply(201, 'text/plain', 'replied'))
  pages.get('/added', [adding], (ctx) => ctx.added)
  return { thing, adding, pages }
}

describe('two copies of core in one process (P20)', () => {
  test('there are two', () => {
    expect(theirs.Micro).not.toBe(ours.Micro)
    expect(theirs.HttpError).not.toBe(ours.HttpError)
  })

  const pairs = [
    ['an app of ours with parts of theirs', ours, theirs],
    ['an app of theirs with parts of ours', theirs, ours],
  ] as const
  test.each(pairs)('%s', async (_, appCore, partCore) => {
    const { thing, pages, adding } = parts(partCore)
    const app = appCore
      .micro(import.meta, { env: { MICRO_THING__WORD: 'w' }, mode: 'test' })
      .use(thing)
      .register(pages)
    app.get('/own', [adding], (ctx) => [ctx.thing, ctx.added])
    app.get('/tea', () => partCore.abort(418))
    app.get('/class', () => {
      throw new partCore.HttpError(409, 'Taken.')
    })
    app.onError(appCore.HttpError, (error) => `class ${error.status} ${error.message}`)
    const client = app.client()
    const text = async (path: string) => {
      const response = await client.get(path)
      return `${response.status} ${await response.text()}`
    }
    expect(app.thing).toBe('w')
    expect(await text('/own')).toBe('200 ["w /own","w /own"]')
    expect(await text('/pages/added')).toBe('200 w /pages/added')
    expect(await text('/pages/reply')).toBe('201 replied')
    expect(await text('/pages/abort')).toBe('404 class 404 Not this one.')
    expect(await text('/tea')).toBe('418 tea')
    expect(await text('/class')).toBe('409 class 409 Taken.')
    await app.stop()
  })

  test('a double made with one replaces an extension in an app of the other', async () => {
    const { thing } = parts(theirs)
    const app = ours.micro(import.meta, { env: {}, mode: 'test', replace: [theirs.double(thing, { app: 'double' })] }).use(thing)
    expect(app.thing).toBe('double')
    await app.stop()
  })

  test('current() of one gives what runs in an app of the other', async () => {
    const { thing } = parts(ours)
    const app = theirs.micro(import.meta, { env: {}, mode: 'test' }).use(thing)
    expect(await app.run(() => [current(thing).ctx.thing, theirCurrent.current(thing).app.thing])).toEqual(['x /', 'x'])
    await app.stop()
  })

  test('errors of one are recognised by the other', async () => {
    const error = await microErrorOf(() => theirs.defineExtension({ ...parts(theirs).thing, name: 'No' } as never))
    expect([ours.isMicroError(error), error instanceof ours.MicroError]).toEqual([true, false])
    expect(ours.isHttpError(new theirs.HttpError(404))).toBe(true)
    expect(ours.isHttpError(new Error('no'))).toBe(false)
  })

  test('another protocol is refused, naming both numbers', async () => {
    const { thing } = parts(theirs)
    const later = Object.freeze({ ...thing, protocol: 2 })
    const error = await microErrorOf(() => ours.micro(import.meta, { env: {} }).use(later))
    expect(error.code).toBe('MICRO_PROTOCOL')
    expect(error.message).toContain("Extension 'thing' was made for protocol 2; this core speaks protocol 1.")
  })

  test('JSON from outside passes for none of them', async () => {
    const app = ours.micro(import.meta, { env: {}, mode: 'test' })
    app.post('/', (ctx) => ctx.readJson() as Promise<object>)
    const body = { '~reply': true, status: 302, type: 'text/html', body: '<script>', headers: ['Location', '//evil'] }
    const response = await app.client().post('/', { json: body, redirects: false })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json'])
    expect(await response.json()).toEqual(body)
    await app.stop()
  })
})
