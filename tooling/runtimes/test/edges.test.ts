import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CORPUS } from '../src/corpus.ts'
import { corpusApp } from '../src/corpus-app.ts'
import { EDGES } from '../src/edges.ts'

const [reference, ...others] = EDGES.map((edge) => {
  const app = corpusApp()
  return { name: edge.name, app, opened: edge.open(app) }
})

describe('the ways into an app', () => {
  beforeAll(() => Promise.all([reference, ...others].map((edge) => edge?.opened)))

  afterAll(async () => {
    for (const edge of [reference, ...others]) {
      await (await edge?.opened)?.close()
      await edge?.app.stop()
    }
  })

  test.each(CORPUS)('$method $path: $status', async (sent) => {
    const expected = await (await reference?.opened)?.send(sent)
    expect(expected?.status).toBe(sent.status)
    for (const { name, opened } of others) {
      expect(await (await opened).send(sent), name).toEqual(expected)
    }
  })
})
