import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readDiagnostics } from '../src/type-cost.ts'
import { writeTypeProject } from '../src/type-project.ts'

describe('writeTypeProject', () => {
  let directory = ''
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'type-project-'))
  })
  afterEach(() => rm(directory, { recursive: true }))

  for (const [variant, routes, pattern] of [
    ['micro', 1_000, /^part\d+\.get\('\/things(\d+)\/:id<int>\/:slug', \[query\(/gm],
    ['micro', 137, /^part\d+\.get\('\/things(\d+)\/:id<int>\/:slug', \[query\(/gm],
    ['by-hand', 1_000, /^route\('\/things(\d+)\//gm],
  ] as const) {
    it(`spreads ${routes} routes ${variant} over 50 files, each once`, async () => {
      await writeTypeProject(directory, variant, routes)
      const parts = (await readdir(directory)).filter((name) => name.startsWith('part'))
      expect(parts).toHaveLength(50)
      const texts = await Promise.all(parts.map((name) => readFile(join(directory, name), 'utf8')))
      const numbers = texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => Number(match[1])))
      expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: routes }, (_, index) => index))
    })
  }
})

describe('readDiagnostics', () => {
  const output =
    'Types:              38952\nInstantiations:    234380\nMemory used:      129024K\nCheck time:        0.243s\nTotal time:        0.408s\n'

  it('reads what the compiler prints', () => {
    expect(readDiagnostics(output)).toEqual({
      types: 38_952,
      instantiations: 234_380,
      memoryMb: 126,
      checkSeconds: 0.243,
      totalSeconds: 0.408,
    })
  })

  it('refuses an output without a figure', () => {
    expect(() => readDiagnostics(output.replace('Instantiations', 'Instances'))).toThrow("the compiler prints no 'Instantiations'")
  })
})
