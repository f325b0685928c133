/** The packages as they go to npm. */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { runOwn } from './command.ts'
import { PACKAGES, ROOT } from './workspace.ts'

/** Builds all packages. What a source that is gone once left behind is removed: it would be packed. */
export async function build(): Promise<void> {
  for (const name of PACKAGES) {
    const dist = join(ROOT, 'packages', name, 'dist')
    for (const file of existsSync(dist) ? readdirSync(dist, { recursive: true, encoding: 'utf8' }) : []) {
      const source = file.replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts')
      if (source !== file && !existsSync(join(ROOT, 'packages', name, 'src', source))) {
        rmSync(join(dist, file))
      }
    }
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
