/** An example as somebody has it who knows only npm: a directory of its own, with the packages installed into it. */
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { run } from './command.ts'
import { NPM_INSTALL } from './npm-install.ts'
import { plainEnvironment } from './plain-environment.ts'
import { ServerProcess } from './server-process.ts'
import { ROOT, read } from './workspace.ts'

const LEFT_BEHIND: readonly string[] = ['node_modules', 'instance', 'test', 'README.md', 'package.json']

/** Where a package comes from: the path of a tarball, or a range. */
export type Sources = ReadonlyMap<string, string>

/** Copies of an example outside the repository, and what is done in them. */
export class Consumer {
  readonly directory: string
  readonly env: NodeJS.ProcessEnv

  private constructor(directory: string, env: NodeJS.ProcessEnv) {
    this.directory = directory
    this.env = env
  }

  /** Copies examples/`example` into `parent`. Its own packages are taken from `sources`, those of others by their range in the catalog. */
  static async make(parent: string, example: string, sources: Sources, npmrc = ''): Promise<Consumer> {
    const directory = join(parent, example)
    const from = join(ROOT, 'examples', example)
    await mkdir(directory, { recursive: true })
    await cp(from, directory, { recursive: true, filter: (path) => path === from || !LEFT_BEHIND.includes(basename(path)) })
    const { type, dependencies } = JSON.parse(read(`examples/${example}/package.json`)) as Manifest
    const wanted = Object.keys(dependencies).map((name) => [name, sources.get(name) ?? catalogRange(name)] as const)
    await writeFile(
      join(directory, 'package.json'),
      JSON.stringify({ private: true, type, dependencies: Object.fromEntries(wanted) }, null, 2),
    )
    await writeFile(join(directory, '.npmrc'), npmrc)
    return new Consumer(directory, plainEnvironment(await onlyNode(parent)))
  }

  /** Installs what its package.json names, and `more` for development. */
  async install(...more: readonly string[]): Promise<void> {
    await this.run('npm', [...NPM_INSTALL, ...(more.length > 0 ? ['--save-dev', ...more] : [])])
  }

  /** Runs a command there. */
  run(command: string, args: readonly string[]): Promise<string> {
    return run(command, args, { cwd: this.directory, env: this.env })
  }

  /** Starts a server there. */
  serve(command: string, args: readonly string[]): Promise<ServerProcess> {
    return ServerProcess.start(command, args, { cwd: this.directory, env: this.env })
  }

  /** The packages that are installed there, those inside others too, by name. */
  async installed(): Promise<readonly InstalledPackage[]> {
    const lists = await packagesIn(join(this.directory, 'node_modules'))
    return lists.sort((one, two) => (one.name < two.name ? -1 : 1))
  }
}

interface Manifest {
  readonly type: string
  readonly dependencies: { readonly [name: string]: string }
}

/** A package in `node_modules`. */
export interface InstalledPackage {
  readonly name: string
  /** Size of its files, without packages inside it. */
  readonly bytes: number
  /** What runs or builds when it is installed. */
  readonly native: readonly string[]
}

/** The range that the catalog of the workspace has for a package. */
export function catalogRange(name: string): string {
  const range = new RegExp(`^  '?${name}'?: (.+)$`, 'm').exec(read('pnpm-workspace.yaml'))?.[1]
  if (range === undefined) {
    throw new Error(`The catalog in pnpm-workspace.yaml has no '${name}'.`)
  }
  return range
}

/** A directory that holds this Node and nothing else, for PATH. */
async function onlyNode(parent: string): Promise<string> {
  const directory = join(parent, '.node')
  await mkdir(directory, { recursive: true })
  await symlink(process.execPath, join(directory, 'node')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') {
      throw error
    }
  })
  return directory
}

async function packagesIn(modules: string): Promise<InstalledPackage[]> {
  const names = (await directoriesIn(modules)).flatMap((name) => (name.startsWith('.') ? [] : [name]))
  const packages = await Promise.all(
    names.map(async (name) => {
      if (name.startsWith('@')) {
        return (await packagesIn(join(modules, name))).map((inner) => ({ ...inner, name: `${name}/${inner.name}` }))
      }
      const inside = await packagesIn(join(modules, name, 'node_modules'))
      return [await packageAt(join(modules, name), name), ...inside.map((inner) => ({ ...inner, name: `${name} › ${inner.name}` }))]
    }),
  )
  return packages.flat()
}

async function packageAt(directory: string, name: string): Promise<InstalledPackage> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const own = paths.filter((path) => !path.slice(directory.length).includes('/node_modules/'))
  const sizes = await Promise.all(own.map(async (path) => (await readFile(path)).length))
  const { scripts = {} } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as { scripts?: { [name: string]: string } }
  const hooks = ['preinstall', 'install', 'postinstall'].filter((hook) => scripts[hook] !== undefined)
  const binaries = own
    .filter((path) => path.endsWith('.node') || basename(path) === 'binding.gyp')
    .map((path) => path.slice(directory.length + 1))
  return { name, bytes: sizes.reduce((sum, size) => sum + size, 0), native: [...hooks, ...binaries] }
}

async function directoriesIn(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name)
  } catch {
    return []
  }
}
