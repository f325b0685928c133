import { describe, expect, test } from 'vitest'
import app from '../app.ts'

describe('hello', () => {
  const client = app.client()

  test('greets', async () => {
    expect(await (await client.get('/')).text()).toBe('Hello, World!')
    expect(await (await client.get('/hello/%3Cb%3E')).text()).toContain('<h1>Hello, &lt;b&gt;!</h1>')
  })

  test('knows numbers from other texts', async () => {
    expect(await (await client.get('/square/12')).json()).toEqual({ n: 144 })
    expect((await client.get('/square/x')).status).toBe(404)
  })
})
