/**
 * `npm start` as the README promises it: on a machine with an older Node and npm, in a clone of what is committed, with nothing of this
 * repository on PATH. Somebody registers and writes a note with a picture; both are still there after a restart.
 */
import { mkdir, mkdtempDisposable, readdir, readlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { run } from './command.ts'
import { freePort } from './free-port.ts'
import { findNote, signIn, writeNote } from './notes-story.ts'
import { plainEnvironment } from './plain-environment.ts'
import { ServerProcess } from './server-process.ts'
import type { SiteVisitor } from './site-visitor.ts'
import { must, mustEqual, Stage } from './stage.ts'
import { ROOT } from './workspace.ts'

/** Time for a first start, which downloads what it needs. */
const FIRST_MS = 300_000

/** What package managers keep, beside the app. */
const KEPT_BY_NPM = /^(\.npm|\.(cache|config|local\/(share|state))\/pnpm|node-compile-cache)(\/|$)/

const stage = new Stage()
await using place = await mkdtempDisposable(join(tmpdir(), 'micro-fresh-'))
const [clone, home, temporary] = ['clone', 'home', 'tmp'].map((name) => join(place.path, name)) as [string, string, string]
const port = await freePort()
const env = await environment()
let ada: SiteVisitor | undefined

await stage.check('git clone', async () => {
  await run('git', ['clone', '--quiet', ROOT, clone], { cwd: ROOT })
  await Promise.all([home, temporary].map((directory) => mkdir(directory)))
  return `node on PATH is ${(await run('node', ['--version'], { cwd: place.path, env })).trim()}`
})
await stage.check('npm start: somebody registers and writes a note with a picture', () =>
  whileServed(async (server) => {
    mustEqual(server.url, `http://127.0.0.1:${port}`, 'the address, by MICRO_SERVER__PORT')
    ada = await writeNote(server.url)
    return `the app runs on ${await nodeOf(server)}`
  }),
)
await stage.check('npm start again: note, picture, account and session are kept', () =>
  whileServed(async (server) => {
    must(ada !== undefined, 'the first start failed')
    await findNote(server.url, ada)
    await signIn(server.url)
  }),
)
await stage.check('nothing is written outside the clone, nor into what is committed', checkTraces)
stage.end()

/** Starts the app, and stops it by a signal to all its processes. */
async function whileServed<T>(use: (server: ServerProcess) => Promise<T>): Promise<T> {
  const server = await ServerProcess.start('npm', ['start'], { cwd: clone, env, timeoutMs: FIRST_MS })
  return use(server).finally(() => server.stop())
}

/** A terminal's environment, with a home and a place for temporary files of its own; what npm and pnpm have downloaded stays theirs. */
async function environment(): Promise<NodeJS.ProcessEnv> {
  const outside = plainEnvironment()
  const ask = async (command: string, ...args: string[]) => (await run(command, args, { cwd: dirname(ROOT), env: outside })).trim()
  const [cache, userconfig, store] = await Promise.all([
    ask('npm', 'config', 'get', 'cache'),
    ask('npm', 'config', 'get', 'userconfig'),
    ask(join(ROOT, 'node_modules/.bin/pnpm'), 'store', 'path'),
  ])
  return plainEnvironment(undefined, {
    HOME: home,
    TMPDIR: temporary,
    MICRO_SERVER__PORT: String(port),
    npm_config_cache: cache,
    npm_config_userconfig: userconfig,
    // Its last part is the version of the store's layout.
    pnpm_config_store_dir: dirname(store),
  })
}

/** The program that the server's processes are: Node of the clone's own `node_modules`. */
async function nodeOf(server: ServerProcess): Promise<string> {
  const programs = await Promise.all(server.processes.map((pid) => readlink(`/proc/${pid}/exe`).catch(() => '')))
  const inside = programs.filter((program) => program.startsWith(clone))
  must(inside.length > 0, `no process of the server runs on the Node that was installed: ${programs.join(', ')}`)
  return relative(clone, inside[0] as string)
}

async function checkTraces(): Promise<void> {
  mustEqual(await run('git', ['status', '--porcelain'], { cwd: clone }), '', 'changed or new files in the clone')
  mustEqual((await readdir(place.path)).sort(), ['clone', 'home', 'tmp'], 'what lies beside the clone')
  for (const directory of [home, temporary]) {
    const written = (await readdir(directory, { recursive: true, withFileTypes: true }))
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    mustEqual(
      written.filter((file) => !KEPT_BY_NPM.test(file)),
      [],
      `files written into ${relative(place.path, directory)}`,
    )
  }
}
