/** A project of a user: a folder of its own, in which the packages are installed and the CLI is run. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const PACKAGES = resolve(import.meta.dirname, '../..')

export class Project {
  readonly root: string

  private constructor(root: string) {
    this.root = root
  }

  static async make(files: { readonly [path: string]: string }): Promise<Project> {
    const project = new Project(await mkdtemp(join(tmpdir(), 'micro-project-')))
    await mkdir(join(project.root, 'node_modules/@micro'), { recursive: true })
    for (const name of ['core', 'db']) {
      await symlink(join(PACKAGES, name), join(project.root, 'node_modules/@micro', name))
    }
    await project.write({ 'package.json': '{ "type": "module" }', ...files })
    return project
  }

  async write(files: { readonly [path: string]: string }): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(this.root, path)), { recursive: true })
      await writeFile(join(this.root, path), text)
    }
  }

  /** Runs `micro …`. */
  run(...words: string[]): Promise<Outcome> {
    return this.#node([join(PACKAGES, 'core/src/bin.ts'), ...words], {})
  }

  /** The same with further environment variables. */
  runWith(env: { readonly [name: string]: string }, ...words: string[]): Promise<Outcome> {
    return this.#node([join(PACKAGES, 'core/src/bin.ts'), ...words], env)
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true })
  }

  #node(words: readonly string[], env: { readonly [name: string]: string }): Promise<Outcome> {
    const options = {
      cwd: this.root,
      timeout: 20_000,
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...env },
    }
    return new Promise((done) => {
      const child = execFile(
        process.execPath,
        ['--conditions=@micro/source', '--no-warnings', ...words],
        options,
        (_error, stdout, stderr) => {
          done({ code: child.exitCode ?? -1, stdout, stderr })
        },
      )
    })
  }
}
