import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installed } from '../check/locate.ts'
import { readManifest } from '../check/manifest.ts'
import { wordOf } from './extension-name.ts'
import {
  ciScript,
  compilerConfig,
  exampleTest,
  extensionSource,
  ignored,
  manifestText,
  readme,
  type Skeleton,
  subjectModule,
  testCompilerConfig,
} from './skeleton-files.ts'

/**
 * Writes a new extension into a folder that does not exist yet, and lists its files. The extension's name is the package's in one word.
 * @throws NameError where the name is none, Error where the folder is there already.
 */
export function writeSkeleton(name: string, folder: string): readonly string[] {
  const word = wordOf(name)
  if (existsSync(folder)) {
    throw new Error(`${folder} is there already: choose another name, or remove it.`)
  }
  const skeleton: Skeleton = {
    name,
    word,
    Word: word[0]?.toUpperCase() + word.slice(1),
    core: versionOf('@micro/core'),
    compat: ownVersion(),
  }
  const files: { readonly [path: string]: string } = {
    'package.json': manifestText(skeleton),
    'tsconfig.json': compilerConfig(),
    'src/index.ts': extensionSource(skeleton),
    [`test/${word}.test.ts`]: exampleTest(skeleton),
    'test/tsconfig.json': testCompilerConfig(),
    'micro-compat.js': subjectModule(skeleton),
    'README.md': readme(skeleton),
    'ci.sh': ciScript(),
    '.gitignore': ignored(),
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text, path === 'ci.sh' ? { mode: 0o755 } : {})
  }
  return Object.keys(files)
}

function versionOf(name: string): string {
  const folder = installed(name, dirname(fileURLToPath(import.meta.url)))
  return (folder === undefined ? undefined : readManifest(folder).version) ?? '1.0.0'
}

function ownVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly version: string }
  return manifest.version
}
