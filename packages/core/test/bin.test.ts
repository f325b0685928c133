import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { describe, expect, test } from 'vitest'
import { runMicro } from './child.ts'
import { project } from './project.ts'

const source = readFileSync(new URL('../src/bin.ts', import.meta.url), 'utf8')

/** Starts it with `process.versions.node` saying something else. */
const pretending = (version: string) => ({
  nodeArgs: [`--import=data:text/javascript,Object.defineProperty(process.versions,'node',{value:'${version}'})`],
})

describe('bin', () => {
  test.each(['12.22.0', '20.20.2', '22.18.0'])('on Node %s it says what is needed, in one sentence', async (version) => {
    const child = runMicro(['--version'], project({}), pretending(version))
    expect((await child.ended()).code).toBe(1)
    expect(child.output.stdout).toBe('')
    expect(child.output.stderr).toMatch(
      new RegExp(`^micro needs Node 22\\.19 or newer; this is Node ${version.replaceAll('.', '\\.')} \\(.+\\)\\.\n$`),
    )
  })

  test.each(['22.19.0', '24.0.0'])('on Node %s it runs', async (version) => {
    const child = runMicro(['--version'], project({}), pretending(version))
    expect((await child.ended()).code).toBe(0)
    expect(child.output.stdout).toMatch(/^\d+\.\d+\.\d+/)
  })

  test('an old Node can read it: nothing is imported first, and no syntax is new', () => {
    const code = stripTypeScriptTypes(source)
    expect(code).not.toMatch(/^import |\?\?|\?\.|^await |\bawait\b/m)
  })

  test('it needs what the package needs', () => {
    const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { engines: { node: string } }
    expect(source).toContain(`'${engines.node.replace('>=', '')}'`)
  })
})
