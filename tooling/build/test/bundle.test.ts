import { cpSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { builtPackages } from './built-packages.ts'

const ROOT = join(import.meta.dirname, '../../..')

/** Entries of each package. */
const ENTRIES = {
  core: ['index', 'cli', 'current', 'node', 'testing'],
  db: ['index', 'kysely'],
  forms: ['index'],
  uploads: ['index'],
  auth: ['index'],
} as const
const EACH = Object.entries(ENTRIES).flatMap(([name, entries]) => entries.map((entry) => [name, entry] as const))

const built = await builtPackages(Object.keys(ENTRIES))
const textOf = (name: string, file: string) => readFileSync(join(built.folder(name), 'dist', file), 'utf8')

describe('bundle', () => {
  test('writes a module for each file that the manifest names, and what they share as chunks', () => {
    const files = globSync('**/*.js', { cwd: join(built.folder('core'), 'dist') }).filter((file) => dirname(file) !== 'chunks')
    expect(files.sort()).toEqual(['bin.js', 'cli.js', 'current.js', 'dev/dev-child.js', 'index.js', 'node.js', 'testing.js'])
  })

  test.each(EACH)('@micro/%s: %s loads no module that its source does not load', (name, entry) => {
    const loaded = [...reachable(join(built.folder(name), 'dist', `${entry}.js`))].flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/^\/\/ (packages\/.*\.ts)$/gm)].map(([, source = '']) => source),
    )
    const sources = new Set([...reachable(join(ROOT, 'packages', name, 'src', `${entry}.ts`))].map((file) => file.slice(ROOT.length + 1)))
    expect(loaded.filter((source) => !sources.has(source))).toEqual([])
  })

  test.each(EACH)('@micro/%s: %s exports what its source exports, by the same names', async (name, entry) => {
    const namesOf = async (file: string) => {
      const module: object = await import(/* @vite-ignore */ pathToFileURL(file).href)
      return Object.entries(module).map(([key, value]) => [key, typeof value === 'function' ? value.name : typeof value])
    }
    const names = await namesOf(join(built.folder(name), 'dist', `${entry}.js`))
    expect(names.sort()).toEqual((await namesOf(join(ROOT, 'packages', name, 'src', `${entry}.ts`))).sort())
  })

  test('keeps docstrings, and says which source is where', () => {
    expect(textOf('core', 'index.js')).toContain('/** The name of the module: that of its file, or of its directory')
    expect(textOf('core', 'index.js')).toContain('\n// packages/core/src/app/dispatch.ts\n')
  })

  test('the command loads nothing before it has looked at the version of Node', () => {
    expect(textOf('core', 'bin.js')).toMatch(/^#!\/usr\/bin\/env node\n/)
    expect(textOf('core', 'bin.js')).not.toMatch(/^import\b/m)
  })
})

describe('core as it is built', () => {
  /** Prints what a program is told of an error, and what the page shows. */
  const failing = `import { micro } from '@micro/core'
    const app = micro(import.meta, {
      mode: 'development', root: '/nowhere', logSink: () => {},
      env: { MICRO_SECRET_KEY: 'k'.repeat(40), MICRO_SERVER__DEBUG_PAGE: 'anyone' },
    })
    app.get('/', () => undefined)
    const ask = async (accept) => (await app.fetch(new Request('http://localhost/', { headers: { accept } }))).text()
    console.log(JSON.stringify({ stack: JSON.parse(await ask('application/json')).error.stack, page: await ask('text/html') }))`

  test('the debug page names its functions and files, shows their source, and where the route is declared', async () => {
    const { stack, page } = (await built.run(failing)) as { readonly stack: readonly string[]; readonly page: string }
    const index = /@micro\/core\/index\.js:\d+:\d+$/
    expect(stack).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^where the route is declared .*:6:0$/),
        expect.stringMatching(new RegExp(`^dispatch ${index.source}`)),
        expect.stringMatching(new RegExp(`^AppRequests\\.handle ${index.source}`)),
      ]),
    )
    expect(page).toMatch(/frames of @micro\/core<\/summary>/)
    expect(page).toMatch(/aria-label="@micro\/core\/chunks\/core-errors\.js around line \d+"/)
  })

  test('none of its files can be imported but its entries', async () => {
    const code = "import('@micro/core/dist/index.js').catch((error) => console.log(JSON.stringify(error.code)))"
    expect(await built.run(code)).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED')
  })

  test('two copies of it know what the other has made', async () => {
    const copy = join(built.folder('core'), '../copy')
    cpSync(built.folder('core'), copy, { recursive: true })
    const code = `import * as ours from '@micro/core'
      import { current } from '@micro/core/current'
      const theirs = await import('${pathToFileURL(join(copy, 'dist/index.js'))}')
      const thing = theirs.defineExtension({
        name: 'thing', version: '1.0.0', core: '*', config: theirs.options({}),
        initApp: () => ({ context: (ctx) => 'thing ' + ctx.path }),
      })
      const app = ours.micro(import.meta, { env: {}, mode: 'test' }).use(thing)
      app.get('/member', (ctx) => ctx.thing)
      app.get('/current', () => current(thing).ctx.thing)
      app.get('/abort', () => theirs.abort(418))
      app.get('/reply', () => new theirs.Reply(201, 'text/plain', 'replied'))
      const answers = []
      for (const path of ['/member', '/current', '/abort', '/reply']) {
        const response = await app.client().get(path)
        answers.push(response.status + ' ' + (await response.text()).slice(0, 14))
      }
      console.log(JSON.stringify([ours.Micro === theirs.Micro, ...answers]))`
    expect(await built.run(code)).toEqual([false, '200 thing /member', '200 thing /current', '418 {"type":"about', '201 replied'])
  })
})

/** Files of a package that a module loads with itself, types and `await import()` left out. */
function reachable(file: string, found: Set<string> = new Set()): ReadonlySet<string> {
  if (!found.has(file)) {
    found.add(file)
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b(?! type\b)[^'"(=]*?['"](\.[^'"]+)['"]/gm)) {
      reachable(join(dirname(file), path), found)
    }
  }
  return found
}
