import { describe, expect, it } from 'vitest'
import { layerOf } from '../src/core-layers.ts'
import { checkLayers } from '../src/layers.ts'

const CORE = 'packages/core/src'

/** Sources by path, and what the message about them says. */
const WRONG: readonly (readonly [what: string, sources: { readonly [path: string]: string }, says: readonly string[]])[] = [
  [
    'a type of a later layer',
    { [`${CORE}/log/log.ts`]: "import type { Context } from '../request/context.ts'\n", [`${CORE}/request/context.ts`]: '' },
    [
      `${CORE}/log/log.ts (layer 2, parts)`,
      'imports type { Context }',
      `${CORE}/request/context.ts (layer 3, one request)`,
      'declare in log.ts',
    ],
  ],
  [
    'a type named inside an import of a value',
    { [`${CORE}/http/status.ts`]: "import { make, type Log } from '../log/log.ts'\n", [`${CORE}/log/log.ts`]: '' },
    [`${CORE}/http/status.ts (layer 1, protocol)`, '{ make, type Log }', `${CORE}/log/log.ts (layer 2, parts)`],
  ],
  [
    'a module that is loaded when it is needed',
    { [`${CORE}/app/micro.ts`]: "const { runCli } = await import('../cli.ts')\n", [`${CORE}/cli.ts`]: '' },
    [`${CORE}/app/micro.ts (layer 4, assembly)`, `${CORE}/cli.ts (layer 5, edges)`],
  ],
  [
    'a re-export',
    { [`${CORE}/http/reply.ts`]: "export type { Plan } from '../app/plan.ts'\n", [`${CORE}/app/plan.ts`]: '' },
    ['type { Plan }', 'plan.ts'],
  ],
  ['a file in no layer', { [`${CORE}/wonder/wonder.ts`]: '' }, [`${CORE}/wonder/wonder.ts is in no layer`, 'core-layers.ts']],
  [
    'a circle of types',
    {
      [`${CORE}/log/log.ts`]: "import type {\n  Mode,\n} from './mode.ts'\n",
      [`${CORE}/log/mode.ts`]: "import type { Log } from './log.ts'\n",
    },
    [`${CORE}/log/mode.ts imports type { Log } from ${CORE}/log/log.ts`, 'log.ts → mode.ts → log.ts', 'move the declaration'],
  ],
  [
    'a circle of three in a tool',
    {
      'tooling/bench/src/a.ts': "import { b } from './b.ts'\n",
      'tooling/bench/src/b.ts': "export * from './deep/c.ts'\n",
      'tooling/bench/src/deep/c.ts': "import '../a.ts'\n",
    },
    ['tooling/bench/src/deep/c.ts imports', 'a.ts → b.ts → c.ts → a.ts'],
  ],
  [
    'an extension that loads another',
    { 'packages/auth/src/a.ts': "import { db } from '@micro/db'\n" },
    ['packages/auth/src/a.ts imports @micro/db'],
  ],
]

describe('checkLayers', () => {
  it.each(WRONG)('refuses %s, naming both files and what to do', (_, sources, says) => {
    const problems = checkLayers(new Map(Object.entries(sources)))
    expect(problems).toHaveLength(1)
    for (const part of says) {
      expect(problems[0]).toContain(part)
    }
  })

  it('says nothing of imports from the own layer and earlier ones', () => {
    const sources = new Map([
      [`${CORE}/app/dispatch.ts`, "import type { Plan } from './plan.ts'\nimport { Reply } from '../http/reply.ts'\n"],
      [`${CORE}/app/plan.ts`, "import { Reply } from '../http/reply.ts'\n"],
      [`${CORE}/http/reply.ts`, ''],
    ])
    expect(checkLayers(sources)).toEqual([])
  })

  it('says nothing of the sources as they are', () => {
    expect(checkLayers()).toEqual([])
  })
})

describe('layerOf', () => {
  it.each([
    ['config/config', 1],
    ['templates/template-loader', 1],
    ['templates/templates', 2],
    ['files/static-route', 2],
    ['node', 4],
    ['wonder/config', -1],
  ])('%s is in layer %i, counted from 0: a file that is named counts before its folder', (path, layer) => {
    expect(layerOf(path)).toBe(layer)
  })
})
