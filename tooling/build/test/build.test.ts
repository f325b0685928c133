import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'

const BUILD = join(import.meta.dirname, '../src/build.ts')

/** A package of two files, one of which was built before and is gone. */
function project(compilerOptions: object, answer = '42'): string {
  const folder = mkdtempSync(join(tmpdir(), 'micro-build-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const files = {
    'package.json': JSON.stringify({ type: 'module', exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } } }),
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        ...{ module: 'nodenext', target: 'es2024', declaration: true, rewriteRelativeImportExtensions: true, types: [] },
        ...{ rootDir: 'src', outDir: 'dist', tsBuildInfoFile: 'dist/.tsbuildinfo', incremental: true },
        ...compilerOptions,
      },
      include: ['src'],
    }),
    'src/index.ts': "export { answer } from './answer.ts'\n",
    'src/answer.ts': `export const answer: number = ${answer}\n`,
    'dist/gone.js': 'export {}\n',
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

function build(folder: string): { readonly status: number | null; readonly output: string; readonly files: readonly string[] } {
  const { status, stdout } = spawnSync(process.execPath, [BUILD, folder], { encoding: 'utf8' })
  return { status, output: stdout, files: globSync('**/*.{js,d.ts}', { cwd: join(folder, 'dist') }).sort() }
}

describe('build', { timeout: 30_000 }, () => {
  test('bundles a project whose compiler makes declarations alone, anew', () => {
    const folder = project({ emitDeclarationOnly: true })
    expect(build(folder)).toMatchObject({ status: 0, files: ['answer.d.ts', 'index.d.ts', 'index.js'] })
    expect(readFileSync(join(folder, 'dist/index.js'), 'utf8')).toContain('const answer = 42')
  })

  test('leaves others as the compiler makes them', () => {
    expect(build(project({}))).toMatchObject({ status: 0, files: ['answer.d.ts', 'answer.js', 'index.d.ts', 'index.js'] })
  })

  test('bundles nothing that does not compile', () => {
    const { status, output, files } = build(project({ emitDeclarationOnly: true }, "'none'"))
    expect(output).toContain('src/answer.ts')
    expect(status).not.toBe(0)
    expect(files).not.toContain('index.js')
  })
})
