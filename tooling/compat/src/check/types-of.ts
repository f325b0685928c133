import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { failed, type Outcome, passed } from '../rule.ts'
import { besideSuite, installed } from './locate.ts'
import { entriesOf } from './manifest.ts'
import type { PackageUnderTest } from './package-rule.ts'

/** How other people's compilers are set. */
const RESOLUTIONS: { readonly [name: string]: object } = {
  NodeNext: { module: 'nodenext' },
  Bundler: { module: 'preserve', moduleResolution: 'bundler' },
}

/** Compiles a file that imports every entry, under strict and with the package's own declarations looked at too. */
export async function typesOf({ folder, from, manifest }: PackageUnderTest): Promise<Outcome> {
  const compiler = installed('typescript', folder) ?? installed('typescript', from) ?? besideSuite('typescript')
  if (compiler === undefined) {
    return failed('there is no TypeScript to ask', 'npm install --save-dev typescript, in the package or where the command is called')
  }
  const place = mkdtempSync(join(tmpdir(), 'micro-types-'))
  try {
    const link = join(place, 'node_modules', manifest.name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(folder, link)
    const specifiers = entriesOf(manifest).map(({ specifier }) => specifier)
    writeFileSync(join(place, 'package.json'), '{ "type": "module" }')
    writeFileSync(
      join(place, 'use.ts'),
      specifiers.map((specifier, index) => `import * as entry${index} from '${specifier}'\nvoid entry${index}\n`).join(''),
    )
    const node = installed('@types/node', folder) ?? installed('@types/node', from) ?? besideSuite('@types/node')
    const common = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      skipLibCheck: false,
      target: 'es2024',
      lib: ['es2024', 'esnext.disposable', 'dom', 'dom.iterable', 'dom.asynciterable'],
      ...(node === undefined ? { types: [] } : { types: ['node'], typeRoots: [dirname(node)] }),
    }
    for (const [name, options] of Object.entries(RESOLUTIONS)) {
      const config = join(place, `tsconfig.${name}.json`)
      writeFileSync(config, JSON.stringify({ compilerOptions: { ...common, ...options }, files: ['use.ts'] }))
      const said = await compile(compiler, config, place)
      if (said !== '') {
        return failed(`${name}: ${said.split('\n').slice(0, 3).join(' ')}`, 'types that compile')
      }
    }
    return passed(`${specifiers.length} entries compile under ${Object.keys(RESOLUTIONS).join(' and ')}`)
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

function compile(compiler: string, config: string, cwd: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(compiler, 'bin/tsc'), '-p', config, '--pretty', 'false'],
      { cwd, timeout: 60_000 },
      (error, stdout, stderr) => resolve(error === null ? '' : `${stdout}${stderr}`.trim() || error.message),
    )
  })
}
