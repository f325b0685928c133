/** Makes each twin, holds every rule against it, and prints which were red. Run as a child: `node run-twins.ts <packages/core>`. */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CORE_RULES, type Core } from './core-rules.ts'
import { CORE_TWINS, type CoreTwin } from './core-twins.ts'

/** What was found about one core. */
export interface TwinReport {
  readonly what: string
  readonly red: readonly string[]
  /** What kept the twin from being made. */
  readonly problem?: string
}

/** Calls that must not compile; one that does leaves its directive unused. */
const WRONG = `
import { blueprint, type Extension, type Member, micro } from '@micro/core'
declare const thing: Extension<'thing', Member<1, 1>>
declare const needy: Extension<'needy', Member<1, 1>, { app: { thing: 1 }; context: {}; maybeApp: {}; maybeContext: {} }>
declare const render: Extension<'render', Member<1, 1>>
micro(import.meta).use(thing).use(needy)
// @ts-expect-error a need that is missing
micro(import.meta).use(needy)
// @ts-expect-error installed twice
micro(import.meta).use(thing).use(thing)
// @ts-expect-error a name of core
micro(import.meta).use(render)
// @ts-expect-error a blueprint that needs more
micro(import.meta).register(blueprint('b', import.meta, { needs: [thing] }))
// @ts-expect-error a handler that returns nothing
micro(import.meta).get('/', () => {})
`

const [source] = process.argv.slice(2) as [string]
const root = mkdtempSync(join(tmpdir(), 'micro-twins-'))
try {
  const sound = await copy('sound')
  const reports: Promise<TwinReport>[] = [
    { what: 'core as it is', twin: undefined },
    ...CORE_TWINS.map((twin) => ({ what: twin.what, twin })),
  ].map(async ({ what, twin }, index) => {
    const core = await copy(`twin${index}`, twin).catch((error: Error) => error.message)
    return typeof core === 'string' ? { what, red: [], problem: core } : { what, red: await redRules(core, sound, twin) }
  })
  console.log(JSON.stringify(await Promise.all(reports)))
} finally {
  rmSync(root, { recursive: true, force: true })
}

/** A copy of core with a line broken. */
async function copy(name: string, twin?: CoreTwin): Promise<Core> {
  const folder = join(root, name)
  mkdirSync(folder)
  cpSync(join(source, 'src'), join(folder, 'src'), { recursive: true })
  cpSync(join(source, 'package.json'), join(folder, 'package.json'))
  symlinkSync(join(source, 'node_modules'), join(folder, 'node_modules'))
  if (twin !== undefined) {
    const path = join(folder, 'src', twin.file)
    const parts = readFileSync(path, 'utf8').split(twin.find)
    if (parts.length !== 2) {
      throw new Error(`${twin.file} has «${twin.find.trim()}» ${parts.length - 1} times, not once: write the twin anew`)
    }
    writeFileSync(path, parts.join(twin.replace))
  }
  const open = (file: string) => import(pathToFileURL(join(folder, 'src', file)).href) as Promise<unknown>
  return { main: (await open('index.ts')) as Core['main'], current: (await open('current.ts')) as Core['current'], folder }
}

async function redRules(core: Core, sound: Core, twin: CoreTwin | undefined): Promise<readonly string[]> {
  const red: string[] = []
  for (const [id, check] of Object.entries(CORE_RULES)) {
    await check(core, sound).catch((error: Error) => {
      red.push(id)
      if (twin === undefined) {
        console.error(`${id}: ${error.message}`)
      }
    })
  }
  // Types are broken where types are: the compiler is asked about those files alone, and about core as it is.
  if (twin === undefined || twin.rule === 'P10') {
    const said = await compile(core.folder)
    if (said !== '') {
      red.push('P10')
      if (twin === undefined) {
        console.error(`P10: ${said}`)
      }
    }
  }
  return red.sort()
}

function compile(folder: string): Promise<string> {
  const place = join(folder, 'types')
  mkdirSync(place)
  writeFileSync(join(place, 'wrong.ts'), WRONG)
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable', 'dom', 'dom.iterable', 'dom.asynciterable'],
    module: 'nodenext',
    types: ['node'],
    typeRoots: [join(source, '../../node_modules/@types')],
    allowImportingTsExtensions: true,
    paths: { '@micro/core': ['../src/index.ts'] },
  }
  writeFileSync(join(place, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  return new Promise((resolve) => {
    execFile(join(source, '../../node_modules/.bin/tsc'), ['-p', place, '--pretty', 'false'], (error, stdout) =>
      resolve(error === null ? '' : stdout || error.message),
    )
  })
}
