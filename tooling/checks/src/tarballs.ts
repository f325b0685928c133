/** The packages as they go to npm. */
import { basename, join } from 'node:path'
import { run, runOwn } from './command.ts'
import { PACKAGES, ROOT } from './workspace.ts'

/** Builds projects of a working tree with its own tool; all packages of this one unless said otherwise. */
export async function build(projects: readonly string[] = PACKAGES.map((name) => `packages/${name}`), root: string = ROOT): Promise<void> {
  await run(process.execPath, ['tooling/build/src/build.ts', ...projects], { cwd: root })
}

/** Packs all packages into `directory`. Resolves with their tarballs by name of the package. */
export async function packAll(directory: string): Promise<ReadonlyMap<string, string>> {
  const packed = PACKAGES.map(async (name) => {
    const output = await runOwn('pnpm', ['pack', '--json', '--pack-destination', directory], { cwd: join(ROOT, 'packages', name) })
    const { filename } = JSON.parse(output) as { readonly filename: string }
    return [`@micro/${name}`, join(directory, basename(filename))] as const
  })
  return new Map(await Promise.all(packed))
}
