/** The packages as they go to npm. */
import { rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { runOwn } from './command.ts'
import { PACKAGES, ROOT } from './workspace.ts'

/** Builds all packages anew: what a source that is gone has left behind would be packed. */
export async function build(): Promise<void> {
  for (const name of PACKAGES) {
    rmSync(join(ROOT, 'packages', name, 'dist'), { recursive: true, force: true })
  }
  await runOwn('tsc', ['-b'], { cwd: ROOT })
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
