import { option, options } from '@micro/core'
import { describe, expect, it } from 'vitest'
import { checkConfigKeys } from '../src/reference/config-keys.ts'
import { configurationPage } from '../src/reference/configuration.ts'
import { checkReference } from '../src/reference/fresh.ts'
import { checkDocstrings } from '../src/reference/members.ts'
import { referencePages } from '../src/reference/pages.ts'

describe('checkReference', () => {
  it('names the page that is not what the source says, its first line that differs, and what to run', async () => {
    const [[path, text] = ['', '']] = await referencePages()
    const lines = text.split('\n')
    lines[3] = 'another'
    expect(await checkReference(new Map([[path, lines.join('\n')]]))).toEqual([
      `${path}:4 is not what the source says: run node --conditions=@micro/source tooling/checks/src/write-reference.ts.`,
    ])
  })

  it('names a page that is not there', async () => {
    expect(await checkReference(new Map([['docs/reference/gone.md', 'text']]))).toEqual([
      expect.stringContaining('docs/reference/gone.md:1 is not'),
    ])
  })
})

describe('checkConfigKeys', () => {
  it.each([
    ['a key that the page lacks', /^.*`session\.cookieName`.*\n/m, '', 'docs/reference/configuration.md lacks session.cookieName: make'],
    [
      'a default that is another',
      '`"session"`',
      '`"sid"`',
      'says that session.cookieName is `"sid"` by default, its schema says `"session"`.',
    ],
  ])('refuses %s', (_, from, to, says) => {
    expect(checkConfigKeys(configurationPage().replace(from, to))).toEqual([expect.stringContaining(says)])
  })

  it('refuses a key without a description, however deep it lies', () => {
    const schema = options({ outer: options({ inner: option.int({ default: 1 }) }) })
    expect(checkConfigKeys('| `clock.outer.inner` | `MICRO_CLOCK__OUTER__INNER` | `1` |  |\n', new Map([['clock', schema]]))).toEqual([
      'clock.outer.inner has no description: give it one where its schema is written.',
    ])
  })

  it('says nothing of the configuration as it is', () => {
    expect(checkConfigKeys()).toEqual([])
  })
})

describe('checkDocstrings', () => {
  it('names members without a docstring, but not what is private', () => {
    const read = () =>
      "export class Edge {\n  /** Its name. */\n  readonly name = ''\n  open() {}\n  protected close() {}\n  /** @internal */\n  '~parts' = []\n}\n"
    expect(checkDocstrings([{ title: 'Edges', prefix: 'edge', from: [['edge', 'Edge']] }], read)).toEqual([
      'packages/core/src/edge.ts: Edge.open has no docstring: say in one sentence what it is.',
    ])
  })

  it('says nothing of the members as they are', () => {
    expect(checkDocstrings()).toEqual([])
  })
})

describe('membersPage', () => {
  it('shows each overload, a getter as what it gives, and links codes', async () => {
    const page = (await referencePages()).get('docs/reference/members.md') ?? ''
    expect(page).toContain('| `app.onError(status: number, ')
    expect(page).toContain('| `app.onError<E extends Error>(type: ErrorClass<E>, ')
    expect(page).not.toContain('| `app.onError(target: ErrorTarget, ')
    expect(page).toContain('| `app.json` | `JsonProvider` |')
    expect(page).toContain('[`MICRO_CONTEXT_ENDED`](errors.md#micro_context_ended)')
  })
})

describe('commandLinePage', () => {
  it('holds the help text of each command, those of extensions too', async () => {
    const page = (await referencePages()).get('docs/reference/commands.md') ?? ''
    for (const usage of ['micro run [options]', 'micro check [options]', 'micro db new <name> [options]']) {
      expect(page).toContain(`Usage: ${usage}`)
    }
  })
})

describe('hooksPage', () => {
  it('has each phase in its place, and what extensions hook into', async () => {
    const page = (await referencePages()).get('docs/reference/hooks.md') ?? ''
    expect(page).toMatch(/\| 1 \| `limits` \| .+ \|\n\| 2 \| `cross-site` \| /)
    expect(page).toContain('| `forms` | beforeRequest | phase cross-site, unsafe methods |')
  })
})
