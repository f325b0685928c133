/** Where things lie in the repository, and how what is measured gets built. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { access, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Directory of this package. */
export const BENCH: string = fileURLToPath(new URL('..', import.meta.url))

/** Directory of the repository. */
export const ROOT: string = join(BENCH, '..', '..')

/** Path of a compiled module of this package, such as `bare/hello`. */
export function compiled(module: string): string {
  return join(BENCH, 'dist', `${module}.js`)
}

/** A Node binary and its version, such as `v24.21.0`. */
export interface NodeBinary {
  readonly path: string
  readonly version: string
}

/** The Node of a major version that the repository installs. @throws Error where it is not installed. */
export async function nodeBinary(major: string): Promise<NodeBinary> {
  const own = join(ROOT, 'tooling', `node${major}`, 'node_modules', '.bin', 'node')
  for (const path of [own, join(ROOT, 'node_modules', '.bin', 'node'), process.execPath]) {
    const version = await versionOf(path)
    if (version?.startsWith(`v${major}.`)) {
      return { path, version }
    }
  }
  throw new Error(`Node ${major} is not installed: run 'npm run setup' at the root of the repository`)
}

/**
 * Builds the packages and the servers of this package, so that the measured processes run what users get, and writes the static file.
 * @throws Error with what the compiler says.
 */
export async function build(): Promise<void> {
  const projects = [...globSync('packages/*', { cwd: ROOT }), BENCH]
  const builder = spawn(process.execPath, ['tooling/build/src/build.ts', ...projects], { cwd: ROOT, stdio: ['ignore', 2, 'inherit'] })
  const [code] = await once(builder, 'exit')
  if (code !== 0) {
    throw new Error(`the build failed with ${code}: a benchmark of broken code says nothing. --no-build takes dist/ as it is`)
  }
}

/** Writes the files of the scenarios `static` and `static-large`, beside the compiled app. */
export async function writeStaticFiles(): Promise<void> {
  const directory = join(dirname(compiled('micro/plain')), 'static')
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, '10k.txt'), 'Ten kilobytes of text, sixty-four characters to the line ......\n'.repeat(160))
  await writeFile(join(directory, '1m.txt'), 'A megabyte of text, of which sixty-four characters are a line..\n'.repeat(16_384))
}

async function versionOf(path: string): Promise<string | undefined> {
  try {
    await access(path)
    return (await execute(path, ['--version'])).stdout.trim()
  } catch {
    return undefined
  }
}
