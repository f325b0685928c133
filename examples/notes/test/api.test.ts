import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '@micro/core'
import { serve } from '@micro/core/node'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from '../app.ts'

type App = ReturnType<typeof createApp>

/** Ways to reach the app: each makes clients, of which every one is a browser of its own. */
const DOORS: readonly (readonly [name: string, open: (app: App) => Promise<() => Client>])[] = [
  ['a client', async (app) => () => app.client()],
  [
    'a socket',
    async (app) => {
      const { url } = await serve(app, { port: 0, signals: false })
      return () => new Client({ fetch: (request) => fetch(request) }, { baseUrl: url })
    },
  ],
]

describe.each(DOORS)('the API of notes, through %s', (_, open) => {
  let directory: string
  let app: App
  let client: () => Client

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'micro-notes-'))
    app = createApp({ mode: 'test', env: {}, instancePath: directory, config: { db: { url: ':memory:' } } })
    client = await open(app)
  })

  afterEach(async () => {
    await app.stop()
    await rm(directory, { recursive: true, force: true })
  })

  async function signedIn(email: string) {
    const browser = client()
    await browser.post('/register', { form: { email, password: 'correct horse battery' } })
    return browser
  }

  const kept = async () => (await readdir(join(directory, 'uploads'), { recursive: true })).filter((name) => name.endsWith('.gif'))

  const problem = async (reply: Response) => {
    expect(reply.headers.get('content-type')).toBe('application/problem+json')
    return (await reply.json()) as unknown
  }

  test('writes, lists, reads, edits and deletes a note', async () => {
    const ada = await signedIn('ada@example.com')
    const made = await ada.post('/api/notes', { json: { title: ' First ', body: 'Text' } })
    expect(made.status).toBe(201)
    const url = made.headers.get('location') ?? ''
    const note = { id: 1, title: 'First', body: 'Text', created: expect.any(String), url, picture: null }
    expect(await made.json()).toEqual(note)
    expect(await (await ada.get(url)).json()).toEqual(note)

    const edited = await ada.patch(url, { json: { title: 'Second' } })
    expect(await edited.json()).toEqual({ ...note, title: 'Second' })
    const list = await ada.get('/api/notes')
    expect(await list.json()).toMatchObject({ notes: [{ ...note, title: 'Second' }], page: 1, pages: 1, total: 1 })

    const gone = await ada.delete(url)
    expect([gone.status, await gone.text()]).toEqual([204, ''])
    expect((await ada.get(url)).status).toBe(404)
  })

  test('pages through notes, newest first', async () => {
    const ada = await signedIn('ada@example.com')
    for (const title of ['One', 'Two', 'Three']) {
      await ada.post('/api/notes', { json: { title, body: '' } })
    }
    const reply = await ada.get('/api/notes', { query: { perPage: 2, page: 2 } })
    expect(await reply.json()).toMatchObject({ notes: [{ title: 'One' }], page: 2, pages: 2, total: 3 })
  })

  test('names the picture that a page added, and deletes it with the note', async () => {
    const ada = await signedIn('ada@example.com')
    const picture = new File([Uint8Array.from([0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0, 0, 0, 0])], 'dot.gif', { type: 'image/gif' })
    await ada.post('/notes/new', { form: { title: 'With a dot', body: '', picture } })
    expect(await (await ada.get('/api/notes/1')).json()).toMatchObject({ picture: '/notes/1/picture' })
    expect(await kept()).toHaveLength(1)
    await ada.delete('/api/notes/1')
    expect(await kept()).toHaveLength(0)
  })

  test('says what is wrong with a note, and where', async () => {
    const ada = await signedIn('ada@example.com')
    const reply = await ada.post('/api/notes', { json: { title: '', body: 7 } })
    expect(reply.status).toBe(422)
    expect(await problem(reply)).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/title', detail: 'Give it a title.' }, { pointer: '#/body' }],
    })
    expect(
      await problem(await ada.post('/api/notes', { body: '{"title":', headers: { 'content-type': 'application/json' } })),
    ).toMatchObject({ status: 400 })
  })

  test('lets in nobody who has not signed in', async () => {
    const nobody = client()
    for (const [method, path] of [
      ['GET', '/api/notes'],
      ['GET', '/api/notes/1'],
      ['POST', '/api/notes'],
      ['PATCH', '/api/notes/1'],
      ['DELETE', '/api/notes/1'],
    ] as const) {
      const reply = await nobody.request(method, path)
      expect(reply.status, `${method} ${path}`).toBe(401)
      expect(await problem(reply)).toMatchObject({ status: 401, detail: 'Sign in first.' })
    }
  })

  test("shows nobody another's note, and lets nobody change it", async () => {
    const ada = await signedIn('ada@example.com')
    await ada.post('/api/notes', { json: { title: 'Secret', body: '' } })
    const eve = await signedIn('eve@example.com')
    const replies = [
      await eve.get('/api/notes/1'),
      await eve.patch('/api/notes/1', { json: { title: 'Mine' } }),
      await eve.delete('/api/notes/1'),
    ]
    for (const reply of replies) {
      expect(await problem(reply)).toMatchObject({ status: 404, detail: 'There is no such note.' })
    }
    expect(await (await eve.get('/api/notes')).json()).toMatchObject({ notes: [], total: 0 })
    expect(await (await ada.get('/api/notes/1')).json()).toMatchObject({ title: 'Secret' })
  })

  test("refuses another site's request, whatever its cookies", async () => {
    const ada = await signedIn('ada@example.com')
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    const replies = [
      await ada.post('/api/notes', { json: { title: 'x', body: '' }, headers }),
      await ada.delete('/api/notes/1', { headers }),
    ]
    for (const reply of replies) {
      expect(await problem(reply)).toMatchObject({ status: 403 })
    }
    expect(await (await ada.get('/api/notes')).json()).toMatchObject({ total: 0 })
  })

  test('answers an address where there is nothing with a problem document, and browsers with the page', async () => {
    expect(await problem(await client().get('/api/nothing'))).toMatchObject({ status: 404 })
    const page = await client().get('/nothing', { headers: { accept: 'text/html' } })
    expect([page.status, await page.text()]).toEqual([404, expect.stringContaining('<h1>Not found</h1>')])
  })
})
