/**
 * A release, dry: in a clone of what is committed the pending changesets become versions, the packages are built and published to a
 * registry on the loopback interface, and the examples are installed from there.
 */
import { mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { run, runOwn } from './command.ts'
import { Consumer } from './consumer.ts'
import { visitHello } from './hello-story.ts'
import { startRegistry } from './local-registry.ts'
import { plainEnvironment } from './plain-environment.ts'
import type { ServerProcess } from './server-process.ts'
import { must, mustEqual, Stage } from './stage.ts'
import { runTranscript } from './transcript.ts'
import { checkVersions, manifestVersions } from './versions.ts'
import { ROOT } from './workspace.ts'

const stage = new Stage()
await using place = await mkdtempDisposable(join(tmpdir(), 'micro-release-'))
const clone = join(place.path, 'clone')
const programs = [join(clone, 'node_modules/.bin'), join(ROOT, 'node_modules/.bin')].join(delimiter)
await release()
stage.end()

/** Goes on as long as every step succeeds. */
async function release(): Promise<void> {
  const isBuilt =
    (await stage.check('git clone and install', checkOut)) &&
    (await stage.check('changesets become versions, in the source too', version)) &&
    (await stage.check('the packages build', () => inClone('npm', ['run', '--silent', 'build']).then(() => null)))
  if (isBuilt) {
    let registry: ServerProcess | undefined
    await stage.check('a registry on the loopback interface', async () => {
      registry = await startRegistry(join(place.path, 'registry'))
      return registry.url
    })
    if (registry !== undefined) {
      const { url } = registry
      await useRegistry(url).finally(() => registry?.stop())
    }
  }
}

async function useRegistry(url: string): Promise<void> {
  let published: readonly string[] = []
  const isPublished = await stage.check('changeset publish', async () => {
    published = await publish(url)
    return published.join(', ')
  })
  if (isPublished) {
    await stage.check('what was published is whole, and has a version of its own', () => checkWhole(url, published))
    await stage.check("a stranger's path to an extension, as the documentation has it", () => stranger(url))
    await stage.check('examples/hello runs from the registry', () => hello(url))
    await stage.check('examples/notes installs from the registry, each extension with its version', () => notes(url))
  }
}

async function checkOut(): Promise<void> {
  await run('git', ['clone', '--quiet', ROOT, clone], { cwd: ROOT })
  await inClone('pnpm', [
    'install',
    '--frozen-lockfile',
    '--prefer-offline',
    '--filter',
    '.',
    '--filter',
    '@examples/notes...',
    '--filter',
    '@micro/compat...',
    '--filter',
    '@tooling/build',
  ])
}

async function version(): Promise<string> {
  await inClone('npm', ['run', '--silent', 'version-packages'])
  mustEqual(checkVersions(clone), [], 'versions')
  const versions = manifestVersions(clone)
  must(!Object.values(versions).includes('0.0.0'), `there is a package without a first version: ${JSON.stringify(versions)}`)
  return Object.entries(versions)
    .map((pair) => pair.join(' '))
    .join(', ')
}

async function publish(url: string): Promise<readonly string[]> {
  const npmrc = join(place.path, 'npmrc')
  await writeFile(npmrc, `registry=${url}/\n${url.replace('http:', '')}/:_authToken=none\n`)
  // Neither the person's own registry nor their tokens are within reach.
  const only = { HOME: place.path, npm_config_userconfig: npmrc, npm_config_registry: `${url}/`, pnpm_config_registry: `${url}/` }
  const output = await inClone('changeset', ['publish', '--no-git-tag'], only)
  const published = new Set(output.match(/@micro\/\w+@\d\S*/g))
  must(published.size > 0, output)
  return [...published]
}

/** Every package in the registry has what its manifest says, and a version that a changeset has given it. */
async function checkWhole(url: string, published: readonly string[]): Promise<void> {
  for (const [index, id] of published.entries()) {
    const [, name = '', version = ''] = /^(.+)@(.+)$/.exec(id) ?? []
    must(!version.startsWith('0.0.'), `${id} was published, but no changeset gives it a version: write one, or make it private.`)
    const response = await fetch(`${url}/${name}/-/${name.replace(/^.*\//, '')}-${version}.tgz`)
    const tarball = join(place.path, `${index}.tgz`)
    await writeFile(tarball, new Uint8Array(await response.arrayBuffer()))
    await runOwn('publint', ['run', tarball, '--strict'], { cwd: place.path }, 'tooling/checks')
  }
}

/** In an empty folder, with nothing but Node, npm and the registry. */
async function stranger(url: string): Promise<string> {
  const folder = join(place.path, 'stranger')
  await mkdir(folder)
  return runTranscript(
    'docs/extensions/first.md',
    folder,
    plainEnvironment(dirname(process.execPath), { 'npm_config_@micro:registry': `${url}/` }),
  )
}

async function hello(url: string): Promise<string> {
  const there = await consumerOf(url, 'hello')
  const server = await there.serve('npx', ['micro', 'run', '--no-reload', '--port', '0'])
  await visitHello(server.url).finally(() => server.stop())
  const { version } = JSON.parse(await readFile(join(there.directory, 'node_modules/@micro/core/package.json'), 'utf8')) as {
    readonly version: string
  }
  mustEqual(version, manifestVersions(clone).core, 'the version of core that was installed')
  return `@micro/core ${version}`
}

async function notes(url: string): Promise<void> {
  const there = await consumerOf(url, 'notes')
  const extensions = JSON.parse(await there.run('npx', ['micro', 'extensions', '--json'])) as readonly {
    readonly name: string
    readonly version: string
  }[]
  const { core, ...expected } = manifestVersions(clone)
  const found = Object.fromEntries(extensions.map(({ name, version }) => [name, version]))
  mustEqual(Object.entries(found).sort(), Object.entries(expected).sort(), 'versions of the extensions')
}

/** A copy of an example that takes Micro's packages from the registry at `url`, and the others from where they usually come. */
async function consumerOf(url: string, example: string): Promise<Consumer> {
  const ranges = Object.entries(manifestVersions(clone)).map(([name, version]) => [`@micro/${name}`, `^${version}`] as const)
  const consumer = await Consumer.make(place.path, example, new Map(ranges), `@micro:registry=${url}/\n`)
  await consumer.install()
  return consumer
}

function inClone(command: string, args: readonly string[], more: { readonly [name: string]: string } = {}): Promise<string> {
  return run(command, args, { cwd: clone, env: plainEnvironment(programs, more) })
}
