import { afterAll, describe, expect, test } from 'vitest'
import { createApp } from '../app.ts'

describe('links', () => {
  const app = createApp({ env: {}, config: { db: { url: ':memory:' } } })
  const client = app.client({ headers: { accept: 'text/html' } })
  afterAll(() => app.stop())

  test('takes a link by its form and shows it', async () => {
    const page = await client.post('/', { form: { url: 'https://example.com/', title: 'An <example>' } })
    expect(await page.text()).toContain('<a href="https://example.com/" rel="nofollow">An &lt;example&gt;</a>')
  })

  test('keeps what was typed beside the error', async () => {
    const page = await client.post('/', { form: { url: 'javascript:alert(1)', title: 'Kept' } })
    const text = await page.text()
    expect(page.status).toBe(422)
    expect(text).toContain('Give a web address.')
    expect(text).toContain('value="Kept"')
  })

  test('answers programs in JSON', async () => {
    const made = await client.post('/api/links', { json: { url: 'https://example.org/', title: 'Two' } })
    expect(made.status).toBe(201)
    expect(await made.json()).toMatchObject({ title: 'Two' })
    const refused = await client.post('/api/links', { json: { url: 'https://example.org/' }, headers: { accept: 'application/json' } })
    expect(refused.status).toBe(422)
    expect(refused.headers.get('content-type')).toBe('application/problem+json')
  })
})
