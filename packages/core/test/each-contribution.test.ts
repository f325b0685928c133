/** Each kind of contribution (P12) works, also where extension and app come from two copies of core (P20). */
import * as ours from '@micro/core'
import { describe, expect, test } from 'vitest'
import { KINDS, type Kind, type Kit } from './each-contribution.ts'
import { secondCopy } from './second-copy.ts'
import { directory, moduleIn } from './template-site.ts'

const { main: theirs } = await secondCopy()

const COPIES: readonly (readonly [what: string, app: typeof ours, part: typeof ours])[] = [
  ['one copy of core', ours, ours],
  ['an app of this copy, an extension of another', ours, theirs],
  ['an app of another copy, an extension of this', theirs, ours],
]

/** An extension that contributes one thing. */
const contributor = (core: typeof ours, kind: Kind, kit: Kit) =>
  core.defineExtension({
    name: 'full',
    version: '1.0.0',
    core: '*',
    config: core.options({}),
    initApp: (setup) => {
      kind.contribute(setup, kit)
      return {}
    },
  })

describe.each(COPIES)('%s', (_what, appCore, partCore) => {
  test.each(Object.entries(KINDS))('%s', async (_method, kind) => {
    const files = { 'full/page.ejs': 'Hello, <%= name %>', 'own/static.txt': 'at rest' }
    const kit: Kit = { core: partCore, notes: [], directory: directory(files) }
    const lines: ours.LogLine[] = []
    const app = appCore.micro(moduleIn(directory({})), { mode: 'test', env: {}, logSink: (line) => lines.push(line) })
    app.use(contributor(partCore, kind, kit) as never)
    app.get('/', () => 'home')
    const client = app.client()
    const get = async (path: string): Promise<string> => {
      const reply = await client.get(path)
      return `${reply.status} ${await reply.text()}`
    }
    try {
      await kind.prove({ core: appCore, app, client, lines, notes: kit.notes, get })
    } finally {
      await app.stop()
    }
  })
})

test('every method by which an extension contributes is among them', () => {
  const methods: string[] = []
  const list = (value: object, path: string): void => {
    for (const [name, member] of Object.entries(value)) {
      if (typeof member === 'function') {
        methods.push(path + name)
      } else if (typeof member === 'object' && member !== null && name !== 'log') {
        list(member as object, `${path}${name}.`)
      }
    }
  }
  const looking = ours.defineExtension({
    name: 'looking',
    version: '1.0.0',
    core: '*',
    config: ours.options({}),
    initApp: (setup) => {
      list(setup, '')
      return {}
    },
  })
  ours.micro(import.meta, { mode: 'test', env: {} }).use(looking)
  expect(methods.sort()).toEqual(Object.keys(KINDS).sort())
})
