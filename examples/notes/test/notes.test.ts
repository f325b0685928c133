import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from '@micro/db/kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { makeDatabase, noPostgres } from '../../../packages/db/test/postgres-server.ts'
import { createApp } from '../app.ts'

const PNG = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
  (char) => char.charCodeAt(0),
)
const picture = () => new File([PNG], 'dot.png', { type: 'image/png' })

const DATABASES = {
  SQLite: async () => ({ url: ':memory:', drop: async () => {} }),
  PostgreSQL: makeDatabase,
}

describe.each(Object.entries(DATABASES))('notes on %s', (database, make) => {
  let directory: string
  let app: ReturnType<typeof createApp>

  beforeEach(async (context) => {
    if (database === 'PostgreSQL' && noPostgres !== undefined) {
      return context.skip(noPostgres)
    }
    directory = await mkdtemp(join(tmpdir(), 'micro-notes-'))
    const { url, drop } = await make()
    const config = { db: { url, migrateOnStart: true }, log: { level: 'silent' } }
    app = createApp({ mode: 'test', env: {}, instancePath: directory, config })
    return async () => {
      await app.stop()
      await drop()
      await rm(directory, { recursive: true, force: true })
    }
  })

  async function signedIn(email: string) {
    const client = app.client({ headers: { accept: 'text/html' } })
    const reply = await client.post('/register', { form: { email, password: 'correct horse battery' } })
    expect(reply.status).toBe(200)
    return client
  }

  const kept = async () => (await readdir(join(directory, 'uploads'), { recursive: true })).filter((name) => name.endsWith('.png'))

  test('sends those who have not signed in to the sign-in page, and back afterwards', async () => {
    const client = app.client({ headers: { accept: 'text/html' } })
    const reply = await client.get('/notes/new')
    expect(await reply.text()).toContain('<h1>Sign in</h1>')
    expect(reply.url).toBe('http://localhost/login?next=%2Fnotes%2Fnew')
  })

  test('shows no provider without a client id', async () => {
    expect(await (await app.client().get('/login')).text()).not.toContain('GitHub')
  })

  test('writes, shows, edits and deletes a note with a picture', async () => {
    const client = await signedIn('ada@example.com')
    const shown = await client.post('/notes/new', { form: { title: 'First <b>', body: 'Text', picture: picture() } })
    expect(await shown.text()).toContain('<h1>First &lt;b&gt;</h1>')
    const image = await client.get('/notes/1/picture')
    expect(image.headers.get('content-type')).toBe('image/png')
    expect(new Uint8Array(await image.arrayBuffer())).toEqual(PNG)
    expect(await kept()).toHaveLength(1)

    const edited = await client.post('/notes/1/edit', { form: { title: 'Second', body: 'Text', picture: picture() } })
    expect(await edited.text()).toContain('<h1>Second</h1>')
    expect(await kept()).toHaveLength(1)

    await client.post('/notes/1/delete')
    expect((await client.get('/notes/1')).status).toBe(404)
    expect(await kept()).toHaveLength(0)
  })

  test('keeps what was typed beside the error', async () => {
    const client = await signedIn('ada@example.com')
    const reply = await client.post('/notes/new', { form: { title: '', body: 'Typed & kept' } })
    const page = await reply.text()
    expect(reply.status).toBe(422)
    expect(page).toContain('Give it a title.')
    expect(page).toContain('Typed &amp; kept</textarea>')
    expect(page).toMatch(/<input[^>]*name="title"[^>]*aria-invalid="true"/)
  })

  test('refuses a picture that is none, and keeps no file of it', async () => {
    const client = await signedIn('ada@example.com')
    const fake = new File(['<script>alert(1)</script>'], 'x.png', { type: 'image/png' })
    const reply = await client.post('/notes/new', { form: { title: 'x', body: '', picture: fake } })
    expect(reply.status).toBe(422)
    expect(await reply.text()).toContain('Choose a PNG')
    expect(await kept()).toHaveLength(0)
  })

  test('keeps no picture of a note that could not be written', async () => {
    const client = await signedIn('ada@example.com')
    await sql`alter table note rename to elsewhere`.execute(app.db.default)
    const reply = await client.post('/notes/new', { form: { title: 'x', body: '', picture: picture() } })
    expect(reply.status).toBe(500)
    expect(await kept()).toHaveLength(0)
  })

  test('keeps one picture, the one that the note shows, whoever else edits it meanwhile', async () => {
    const client = await signedIn('ada@example.com')
    await client.post('/notes/new', { form: { title: 'x', body: '', picture: picture() } })
    const edits = Array.from({ length: 6 }, (_, index) => ({
      title: `x${index}`,
      body: '',
      ...(index % 3 === 0 ? {} : { picture: picture() }),
    }))
    await Promise.all(edits.map((form) => client.post('/notes/1/edit', { form })))
    expect(await kept()).toHaveLength(1)
    expect((await client.get('/notes/1/picture')).status).toBe(200)
  })

  test("shows nobody another's note or picture", async () => {
    const ada = await signedIn('ada@example.com')
    await ada.post('/notes/new', { form: { title: 'Secret', body: '', picture: picture() } })
    const eve = await signedIn('eve@example.com')
    for (const path of ['/notes/1', '/notes/1/picture', '/notes/1/edit']) {
      expect((await eve.get(path)).status, path).toBe(404)
    }
    expect((await eve.post('/notes/1/delete')).status).toBe(404)
    expect((await ada.get('/notes/1')).status).toBe(200)
  })

  test('pages through notes, newest first', async () => {
    const client = await signedIn('ada@example.com')
    for (let index = 1; index <= 12; index++) {
      await client.post('/notes/new', { form: { title: `Note ${index}`, body: '' } })
    }
    const first = await (await client.get('/notes')).text()
    expect(first).toContain('Page 1 of 2')
    expect(first.indexOf('Note 12')).toBeLessThan(first.indexOf('Note 11'))
    const second = await (await client.get('/notes?page=2')).text()
    expect(second).toContain('Note 1<')
    expect(second).not.toContain('Older')
  })

  test("refuses another site's form", async () => {
    const client = await signedIn('ada@example.com')
    const reply = await client.post('/notes/new', { form: { title: 'x', body: '' }, headers: { 'sec-fetch-site': 'cross-site' } })
    expect(reply.status).toBe(403)
  })

  test('signs out: the copied cookie is worth nothing', async () => {
    const client = await signedIn('ada@example.com')
    const copy = client.cookies.get('auth')
    await client.post('/logout')
    const thief = app.client({ headers: { cookie: `auth=${copy}` } })
    expect((await thief.get('/notes')).status).toBe(401)
  })
})
