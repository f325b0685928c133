/** Core and this package, built into a folder as an installation would have them: nothing of the repository's own `dist` is relied upon. */
import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bundle } from '../../build/src/bundle.ts'

const ROOT = join(import.meta.dirname, '../../..')
const run = promisify(execFile)

/** Fills `folder/node_modules` with core, compat, TypeScript and Node's types. */
export async function installInto(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules')
  await mkdir(join(modules, '@micro'), { recursive: true })
  await mkdir(join(modules, '@types'))
  await mkdir(join(modules, '.bin'))
  await symlink(join(ROOT, 'node_modules/typescript'), join(modules, 'typescript'))
  await symlink(join(ROOT, 'node_modules/@types/node'), join(modules, '@types/node'))
  await symlink(join(ROOT, 'node_modules/.bin/tsc'), join(modules, '.bin/tsc'))
  await buildInto(join(ROOT, 'packages/core'), join(modules, '@micro/core'))
  await buildInto(join(ROOT, 'tooling/compat'), join(modules, '@micro/compat'))
  await symlink('../@micro/compat/dist/bin.js', join(modules, '.bin/micro-compat'))
}

/** Builds one package. Its dependencies are those of the repository; core is found beside it. */
async function buildInto(source: string, target: string): Promise<void> {
  await mkdir(target)
  const config = JSON.parse(await readFile(join(source, 'tsconfig.json'), 'utf8')) as {
    readonly compilerOptions: { readonly emitDeclarationOnly?: boolean }
  }
  const compilerOptions = {
    ...config.compilerOptions,
    composite: false,
    incremental: false,
    tsBuildInfoFile: null,
    customConditions: ['@micro/source'],
    declaration: true,
    rootDir: join(source, 'src'),
    outDir: join(target, 'dist'),
    noCheck: true,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
  }
  const file = join(target, 'tsconfig.json')
  // Each file by itself: what it imports is neither looked at nor written.
  const base = join(ROOT, 'tooling/tsconfig/package-build.json')
  await writeFile(
    file,
    JSON.stringify({ extends: base, compilerOptions: { ...compilerOptions, noResolve: true }, include: [join(source, 'src')] }),
  )
  await run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', file])
  if (config.compilerOptions.emitDeclarationOnly === true) {
    await bundle(source, join(target, 'dist'))
  }
  // Under the condition for sources it is the repository's own code.
  await symlink(join(source, 'src'), join(target, 'src'))
  await cp(join(source, 'package.json'), join(target, 'package.json'))
  const { dependencies = {} } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as {
    readonly dependencies?: { readonly [name: string]: string }
  }
  await mkdir(join(target, 'node_modules'))
  for (const name of Object.keys(dependencies)) {
    await symlink(join(source, 'node_modules', name), join(target, 'node_modules', name))
  }
  await chmod(join(target, 'dist/bin.js'), 0o755)
}
