import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CORPUS } from '../src/corpus.ts'
import { corpusApp } from '../src/corpus-app.ts'
import { EDGES } from '../src/edges.ts'

const [reference, ...others] = EDGES.map((edge) => {
  const app = corpusApp()
  return { ...edge, app, opened: edge.open(app) }
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
    const isSized = expected?.headers.some((header) => header.startsWith('content-length:'))
    for (const { name, opened, setsLength } of others) {
      const { headers, ...rest } = await (await opened).send(sent)
      const own = setsLength && !isSized ? headers.filter((header) => !header.startsWith('content-length:')) : headers
      expect({ ...rest, headers: own }, name).toEqual(expected)
    }
  })
})
