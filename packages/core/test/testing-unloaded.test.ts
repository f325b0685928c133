import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'

/** The files that a module of core loads with it, by its import statements: those of types alone are none. */
function loadedWith(file: string, seen: Set<string> = new Set()): Set<string> {
  if (!seen.has(file)) {
    seen.add(file)
    const text = readFileSync(file, 'utf8')
    for (const [, names = '', from = ''] of text.matchAll(/^(?:import|export) ((?!type )[^;'"]*?from )?'(\.[^']+)'/gm)) {
      const isTypesOnly = /^\{(?:\s*type \w+,?)+\s*\} from $/.test(names)
      if (!isTypesOnly) {
        loadedWith(join(dirname(file), from), seen)
      }
    }
  }
  return seen
}

const source = join(import.meta.dirname, '../src')
const entry = (name: string) => [...loadedWith(join(source, name))].map((file) => file.slice(source.length + 1)).sort()

describe('an app that is not tested', () => {
  test.each(['index.ts', 'node.ts', 'current.ts'])('loads by %s no more of the tools for tests than the shell of a client', (name) => {
    const tools = entry(name).filter((file) => /^(?:testing|client|cli|log\/log-capture)\b/.test(file))
    const shell = ['client/client-base-url.ts', 'client/client.ts', 'client/cookie-date.ts', 'client/cookie-jar.ts']
    expect(tools).toEqual(name === 'index.ts' ? shell : [])
  })

  test('the tools are where they are looked for', () => {
    expect(entry('testing.ts')).toEqual(expect.arrayContaining(['cli/cli-line.ts', 'cli/run-command.ts', 'log/log-capture.ts']))
    expect(entry('client/client-context.ts')).toContain('client/client-exchange.ts')
  })
})
