/** Every key that a schema has stands on the page of configuration, with its default and a sentence. */
import { type ConfigNode, describeSchema } from '../../../../packages/core/src/config/config-node.ts'
import { CORE_NAMESPACES, CORE_TOP } from '../../../../packages/core/src/config/core-config.ts'
import { DEFINITION } from '../../../../packages/core/src/extension/extension.ts'
import type { ConfigSchema } from '../../../../packages/core/src/json/standard-schema.ts'
import { configurationPage } from './configuration.ts'
import { officialExtensions } from './official-app.ts'

const PAGE = 'docs/reference/configuration.md'

/** Holds the page against the schemas. `schemas` by namespace; the empty one is the whole app. */
export function checkConfigKeys(page: string = configurationPage(), schemas: Schemas = everySchema()): readonly string[] {
  const rows = new Map(
    [...page.matchAll(/^\| `([\w.]+)` \| `\w+` \| (.*?) \| (.*) \|$/gm)].map(([, key = '', value, text]) => [key, { value, text }]),
  )
  return [...schemas].flatMap(([namespace, schema]) =>
    leavesOf(namespace, describeSchema(namespace, schema)).flatMap(([key, node]) => {
      const row = rows.get(key)
      if (row === undefined) {
        return [`${PAGE} lacks ${key}: make configurationPage() of tooling/checks/src/reference/configuration.ts show it.`]
      }
      const wanted = node.default === undefined ? row.value : `\`${JSON.stringify(node.default)}\``
      return [
        ...(row.value === wanted ? [] : [`${PAGE} says that ${key} is ${row.value} by default, its schema says ${wanted}.`]),
        ...(row.text === '' ? [`${key} has no description: give it one where its schema is written.`] : []),
      ]
    }),
  )
}

type Schemas = ReadonlyMap<string, ConfigSchema>

function everySchema(): Schemas {
  const ofExtensions = officialExtensions().map((extension) => {
    const { name, config } = (extension as unknown as { readonly [DEFINITION]: { readonly name: string; readonly config: ConfigSchema } })[
      DEFINITION
    ]
    return [name, config] as const
  })
  return new Map([['', CORE_TOP], ...Object.entries(CORE_NAMESPACES), ...ofExtensions])
}

function leavesOf(path: string, node: ConfigNode): readonly (readonly [key: string, node: ConfigNode])[] {
  return node.properties === undefined
    ? [[path, node]]
    : Object.entries(node.properties).flatMap(([key, child]) => leavesOf(path === '' ? key : `${path}.${key}`, child))
}
