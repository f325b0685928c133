/**
 * The packages as their users get them: packed, installed by npm into directories outside the repository, type-checked there, run
 * there. Linted as tarballs too, and the repository itself for what nothing uses.
 */
import { appendFile, mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runOwn } from './command.ts'
import { Consumer, catalogRange, type Sources } from './consumer.ts'
import { visitHello } from './hello-story.ts'
import { findNote, writeNote } from './notes-story.ts'
import type { ServerProcess } from './server-process.ts'
import { SiteVisitor } from './site-visitor.ts'
import { must, mustEqual, Stage } from './stage.ts'
import { build, packAll } from './tarballs.ts'
import { ROOT } from './workspace.ts'

const CHECKS = 'tooling/checks'
const CORE = ['@micro/core', 'cookie', 'ejs', 'mrmime', 'semver']
const MEGABYTE = 1e6

/** One way to use Micro, and what it may cost. */
interface Use {
  readonly example: string
  /** Exactly what `node_modules` holds. */
  readonly packages: readonly string[]
  readonly most: { readonly packages: number; readonly megabytes: number }
  readonly route: string
  readonly migrates: boolean
  /** Uses the running app. */
  readonly visit: (url: string) => Promise<void>
}

const FULL = { packages: 25, megabytes: 20 }

const USES: readonly Use[] = [
  { example: 'hello', packages: CORE, most: { packages: 5, megabytes: 1.5 }, route: '/square/:n<int>', migrates: false, visit: visitHello },
  {
    example: 'links',
    packages: [...CORE, '@micro/db', '@micro/forms', 'kysely', 'zod'],
    most: FULL,
    route: '/api/links',
    migrates: true,
    visit: visitLinks,
  },
  {
    example: 'notes',
    packages: [
      ...CORE,
      ...['@micro/auth', '@micro/db', '@micro/forms', '@micro/uploads'],
      ...['busboy', 'kysely', 'oauth4webapi', 'streamsearch', 'undici', 'zod'],
    ],
    most: FULL,
    route: '/notes/:id<int>/picture',
    migrates: true,
    visit: async (url) => findNote(url, await writeNote(url)),
  },
]

/** How other people's compilers are set. */
const RESOLUTIONS = {
  NodeNext: { module: 'nodenext' },
  Bundler: { module: 'preserve', moduleResolution: 'bundler' },
} as const

const stage = new Stage()
await using directory = await mkdtempDisposable(join(tmpdir(), 'micro-packed-'))
let tarballs: Sources = new Map()
const isPacked = await stage.check('the packages build and pack', async () => {
  await build()
  tarballs = await packAll(directory.path)
  return `${tarballs.size} tarballs`
})
await Promise.all([
  isPacked ? lintTarballs(tarballs) : null,
  lintRepository(),
  ...(isPacked ? USES.map((use) => tryUse(use, tarballs)) : []),
])
stage.end()

async function lintTarballs(sources: Sources): Promise<void> {
  for (const [name, tarball] of sources) {
    await stage.check(`publint: ${name}`, () => runOwn('publint', ['run', tarball, '--strict'], { cwd: ROOT }, CHECKS).then(() => null))
    await stage.check(`attw: ${name}`, () => runOwn('attw', [tarball, '--profile', 'esm-only'], { cwd: ROOT }, CHECKS).then(() => null))
  }
}

async function lintRepository(): Promise<void> {
  await stage.check('knip: nothing in the repository is unused', () =>
    runOwn('knip', ['--no-progress'], { cwd: ROOT }, CHECKS).then(() => null),
  )
}

async function tryUse(use: Use, sources: Sources): Promise<void> {
  const { example } = use
  const check = (what: string, run: (consumer: Consumer) => unknown) => stage.check(`${example}: ${what}`, () => run(consumer))
  const consumer = await Consumer.make(directory.path, example, sources)
  if (!(await check('npm install', (there) => there.install()))) {
    return
  }
  await check('node_modules holds what was asked for', (there) => weigh(use, there))
  await check('npx micro routes', async (there) => {
    const routes = await there.run('npx', ['micro', 'routes'])
    must(routes.includes(use.route), `'micro routes' does not list ${use.route}:\n${routes}`)
  })
  if (use.migrates) {
    await check('npx micro db migrate', async (there) => {
      const applied = await there.run('npx', ['micro', 'db', 'migrate'])
      must(/Applied to sqlite:/.test(applied), `'micro db migrate' applied nothing:\n${applied}`)
    })
  }
  await check('npx micro run answers, and stops on SIGTERM', async (there) => {
    const server = await there.serve('npx', ['micro', 'run', '--no-reload', '--port', '0'])
    await use.visit(server.url).finally(() => server.stop())
  })
  await check('micro run ends with 0 after SIGTERM', async (there) => {
    const server = await there.serve(join(there.directory, 'node_modules/.bin/micro'), ['run', '--no-reload', '--port', '0'])
    mustEqual(await server.stop('first'), 0, 'exit code')
  })
  await check('micro run --reload starts again when a file changes', async (there) => {
    const server = await there.serve('npx', ['micro', 'run', '--reload', '--port', '0'])
    await appendFile(join(there.directory, 'app.ts'), '\n')
    await server
      .printed(/Started again in \d+ ms: app\.ts changed/)
      .then(() => mustAnswer(server))
      .finally(() => server.stop())
  })
  await check('micro run --workers answers', async (there) => {
    const server = await there.serve('npx', ['micro', 'run', '--workers', '2', '--port', '0'])
    await mustAnswer(server).finally(() => server.stop())
  })
  await checkTypes(check)
}

async function mustAnswer({ url, output }: ServerProcess): Promise<void> {
  const { status } = await fetch(url, { redirect: 'manual' })
  must(status < 400, `it answers with ${status}:\n${output}`)
}

async function checkTypes(check: (what: string, run: (consumer: Consumer) => unknown) => Promise<boolean>): Promise<void> {
  const tools = ['typescript', '@types/node'].map((name) => `${name}@${catalogRange(name)}`)
  if (!(await check('npm install --save-dev typescript @types/node', (there) => there.install(...tools)))) {
    return
  }
  for (const [resolution, options] of Object.entries(RESOLUTIONS)) {
    await check(`types under strict, ${resolution}`, async (there) => {
      const file = join(there.directory, `tsconfig.${resolution}.json`)
      const compilerOptions = {
        ...options,
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        target: 'es2024',
        types: ['node'],
        allowImportingTsExtensions: true,
      }
      await writeFile(file, JSON.stringify({ compilerOptions, include: ['**/*.ts'] }))
      await there.run('npx', ['tsc', '-p', file])
    })
  }
}

async function weigh({ packages, most }: Use, consumer: Consumer): Promise<string> {
  const installed = await consumer.installed()
  mustEqual(
    installed.map(({ name }) => name),
    [...packages].sort(),
    'packages',
  )
  mustEqual(
    installed.flatMap(({ name, native }) => native.map((what) => `${name}: ${what}`)),
    [],
    'install scripts and native parts',
  )
  const megabytes = installed.reduce((sum, { bytes }) => sum + bytes, 0) / MEGABYTE
  const cost = `${installed.length} of at most ${most.packages} packages, ${megabytes.toFixed(2)} of at most ${most.megabytes} MB`
  must(
    installed.length <= most.packages && megabytes <= most.megabytes,
    `${cost}: ${installed.map(({ name, bytes }) => `${name} ${(bytes / MEGABYTE).toFixed(2)}`).join(', ')}`,
  )
  return cost
}

async function visitLinks(url: string): Promise<void> {
  const visitor = new SiteVisitor(url)
  const shown = await visitor.post('/', { url: 'https://example.com/', title: 'An <example>' })
  must((await shown.text()).includes('An &lt;example&gt;</a>'), 'the list does not show the new link')
  const { links } = (await (await visitor.get('/api/links')).json()) as { readonly links: readonly { readonly title: string }[] }
  mustEqual(
    links.map(({ title }) => title),
    ['An <example>'],
    '/api/links',
  )
}
