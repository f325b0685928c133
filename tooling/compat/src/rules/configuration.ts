import { inspect } from 'node:util'
import { isMicroError } from '@micro/core'
import { failed, passed, type Rule } from '../rule.ts'
import type { Subject } from '../subject.ts'
import { definitionOf, messageOf, tryOut } from '../trial.ts'
import { printedBy } from '../watch.ts'

interface JsonNode {
  readonly type?: unknown
  readonly properties?: { readonly [key: string]: JsonNode }
  readonly writeOnly?: boolean
}

/** P04 */
export const namespaceChecked: Rule = {
  id: 'P04',
  title: 'its configuration is checked at the .use line, in words',
  async check(subject) {
    const { name } = subject.create()
    const unknown = await refusal(subject, { config: { nosuchkey: 1 } })
    if (unknown === undefined || !unknown.includes(`${name}.nosuchkey`) || !/option config\./.test(unknown)) {
      return failed(
        `an unknown key ${unknown === undefined ? 'was accepted' : `was refused with: ${unknown}`}`,
        `an error that names '${name}.nosuchkey', its source and the known keys`,
      )
    }
    const variable = `MICRO_${name.toUpperCase()}__NO_SUCH_KEY`
    const inEnvironment = await refusal(subject, { env: { [variable]: '1' } })
    if (inEnvironment === undefined || !inEnvironment.includes(variable)) {
      return failed(
        `an unknown variable ${inEnvironment === undefined ? 'was accepted' : `was refused with: ${inEnvironment}`}`,
        `an error that names ${variable}`,
      )
    }
    for (const { config, key, secret } of subject.misconfigure) {
      const message = await refusal(subject, { config: { ...subject.config, ...config } })
      if (message === undefined) {
        return failed(`${JSON.stringify(config)} was accepted`, 'an error')
      }
      if (!message.includes(`${name}.${key}`) || !/option config\./.test(message)) {
        return failed(`the error says: ${message}`, `the key '${name}.${key}' and its source`)
      }
      if (secret !== undefined && message.includes(secret)) {
        return failed('the error shows the value of a secret', 'no value of a secret')
      }
    }
    const leak = await leakOf(subject)
    if (leak !== undefined) {
      return failed(`the value of the secret ${subject.secret?.key} stands in ${leak}`, 'no value of a secret anywhere')
    }
    return passed(`unknown keys and variables and ${subject.misconfigure.length} wrong value(s) were refused with key and source`)
  },
}

/** P06 */
export const frozenConfig: Rule = {
  id: 'P06',
  title: 'its configuration is deeply frozen, and one schema gives everything',
  async check(subject) {
    const extension = subject.create()
    const trial = await tryOut(subject, { extension })
    try {
      await trial.app.start()
      const config = (trial.app.config as unknown as { readonly [name: string]: unknown })[extension.name]
      const loose = unfrozen(config, `config.${extension.name}`)
      if (loose !== undefined) {
        return failed(`${loose} can be changed`, 'a deeply frozen configuration')
      }
      const json = definitionOf(extension).config['~standard'].jsonSchema.input({ target: 'draft-2020-12' }) as JsonNode
      const described = leaves(json)
      const listed = trial.app.extensions.get(extension.name)?.config.map(({ key }) => key.slice(extension.name.length + 1)) ?? []
      const missing = described.filter((key) => !listed.includes(key))
      return missing.length === 0
        ? passed(`${described.length} key(s), all with type, default and environment variable from the schema`)
        : failed(`the schema's keys ${missing.join(', ')} are not in the configuration`, 'every key of the schema')
    } finally {
      await trial.end()
    }
  },
}

/** Where the value of the subject's secret shows up in the life of an app. */
async function leakOf(subject: Subject): Promise<string | undefined> {
  const { secret } = subject
  if (secret === undefined) {
    return undefined
  }
  const trial = await tryOut(subject, { config: { ...subject.config, [secret.key]: secret.value } })
  let listed = ''
  const printed = await printedBy(async () => {
    await (await trial.client.get('/exercise')).text()
    await (await trial.client.get('/misuse')).text()
    listed = JSON.stringify([trial.app.configEntries, [...trial.app.extensions]])
    await trial.end()
  })
  if (printed.includes(secret.value)) {
    return 'what it printed'
  }
  const line = trial.lines.find(({ message, fields }) => inspect([message, fields], { depth: 8 }).includes(secret.value))
  return line !== undefined
    ? `the log line '${line.message.replaceAll(secret.value, '•••')}'`
    : listed.includes(secret.value)
      ? 'the list of the configuration'
      : undefined
}

/** The message with which an installation is refused; undefined if it is not. */
async function refusal(subject: Subject, options: Parameters<typeof tryOut>[1]): Promise<string | undefined> {
  try {
    const trial = await tryOut(subject, options)
    await trial.end()
    return undefined
  } catch (error) {
    return isMicroError(error) ? error.message : `(no MicroError) ${messageOf(error)}`
  }
}

function unfrozen(value: unknown, path: string): string | undefined {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) {
    return undefined
  }
  if (!Object.isFrozen(value) || value instanceof Map || value instanceof Set || value instanceof Date) {
    return path
  }
  for (const [key, item] of Object.entries(value)) {
    const found = unfrozen(item, `${path}.${key}`)
    if (found !== undefined) {
      return found
    }
  }
  return undefined
}

function leaves(node: JsonNode, path: readonly string[] = []): readonly string[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, property]) =>
    property.properties === undefined ? [[...path, key].join('.')] : leaves(property, [...path, key]),
  )
}
