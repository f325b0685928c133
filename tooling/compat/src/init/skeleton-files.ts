/** The files of a new extension. */

/** What they are filled with. */
export interface Skeleton {
  /** Of the package. */
  readonly name: string
  /** Of the extension: one lower-case word. */
  readonly word: string
  /** The same for types. */
  readonly Word: string
  /** Versions that it is made for. */
  readonly core: string
  readonly compat: string
}

export function manifestText({ name, core, compat }: Skeleton): string {
  const manifest = {
    name,
    version: '1.0.0',
    description: 'An extension for Micro.',
    license: 'MIT',
    type: 'module',
    sideEffects: false,
    engines: { node: '>=22.19' },
    files: ['dist', 'micro-compat.js'],
    exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' }, './package.json': './package.json' },
    scripts: { build: 'tsc', test: 'tsc -p test && node --test', ci: 'npm run build && npm test && micro-compat check' },
    peerDependencies: { '@micro/core': `^${core}` },
    devDependencies: { '@micro/compat': `^${compat}`, '@micro/core': `^${core}`, '@types/node': '^24', typescript: '^7' },
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}

export function compilerConfig(): string {
  const compilerOptions = {
    target: 'es2024',
    module: 'nodenext',
    types: ['node'],
    rootDir: 'src',
    outDir: 'dist',
    declaration: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
    isolatedDeclarations: true,
    rewriteRelativeImportExtensions: true,
    skipLibCheck: true,
  }
  return `${JSON.stringify({ compilerOptions, include: ['src'] }, null, 2)}\n`
}

/** Of the test and the subject, which are no part of what is built. */
export function testCompilerConfig(): string {
  const compilerOptions = { rootDir: '..', noEmit: true, allowJs: true, checkJs: true, declaration: false, isolatedDeclarations: false }
  return `${JSON.stringify({ extends: '../tsconfig.json', compilerOptions, include: ['.', '../micro-compat.js'] }, null, 2)}\n`
}

export function extensionSource({ word, Word }: Skeleton): string {
  const CODE = `MICRO_${word.toUpperCase()}`
  return `import { type ConfigSchema, defineExtension, type ErrorFactory, errorTable, type Extension, type Member, option, options } from '@micro/core'

/** What may be given for \`config.${word}\`, and to \`${word}()\`. */
export interface ${Word}Options {
  readonly greeting?: string
}

/** What \`config.${word}\` comes to. */
export interface ${Word}Config {
  readonly greeting: string
}

/** \`app.${word}\`. */
export interface ${Word}App {
  readonly greeting: string
}

/** \`ctx.${word}\`. */
export interface ${Word}Context {
  /** Greets somebody. @throws MicroError \`${CODE}_NOBODY\`. */
  greet(name: string): string
}

/** What stands under the name. */
export interface ${Word}Member extends Member<${Word}App, ${Word}Context> {}

/** The extension that \`${word}()\` makes. */
export interface ${Word}Extension extends Extension<'${word}', ${Word}Member, {}, ${Word}Options, ${Word}Config> {}

const ERRORS = {
  ${CODE}_NOBODY: { message: 'There is nobody to greet.', fix: 'Give ctx.${word}.greet() a name.' },
} as const

const ${word}Error: ErrorFactory<typeof ERRORS> = errorTable(ERRORS)

const CONFIG: ConfigSchema<${Word}Options, ${Word}Config> = options({
  greeting: option.string({ default: 'Hello', description: 'What is said.' }),
})

/** Greets people. */
export function ${word}(given: ${Word}Options = {}): ${Word}Extension {
  return defineExtension({
    name: '${word}',
    version: '1.0.0',
    core: '^1.0.0',
    config: CONFIG,
    options: given,
    initApp(app, config) {
      app.cli.command('greet', { description: 'Greets the world.', start: false }, ({ print }) => print(\`\${config.greeting}, World!\`))
      return {
        app: { greeting: config.greeting },
        context: (): ${Word}Context => ({
          greet(name) {
            if (name === '') {
              throw ${word}Error('${CODE}_NOBODY', {})
            }
            return \`\${config.greeting}, \${name}!\`
          },
        }),
      }
    },
  })
}
`
}

export function exampleTest({ word, name }: Skeleton): string {
  return `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testExtension } from '@micro/compat'
import { micro } from '@micro/core'
import { ${word} } from '${name}'
import subject from '../micro-compat.js'

// One test for every rule of the protocol.
await testExtension(subject)

test('greets', async () => {
  const app = micro(import.meta, { mode: 'test', env: {} }).use(${word}({ greeting: 'Good day' }))
  app.get('/:name', (ctx) => ctx.${word}.greet(ctx.params.name))
  const reply = await app.client().get('/Ada')
  assert.equal(await reply.text(), 'Good day, Ada!')
  await app.stop()
})
`
}

export function subjectModule({ word, name }: Skeleton): string {
  return `import { ${word} } from '${name}'

/**
 * How this extension is proven: by its tests, and by \`npx micro-compat check\`.
 * @type {import('@micro/compat').Subject}
 */
const subject = {
  create: () => ${word}(),
  module: new URL('./dist/index.js', import.meta.url).href,
  otherConfig: { greeting: 'Good day' },
  misconfigure: [{ config: { greeting: 7 }, key: 'greeting' }],
  exercise: (ctx) => /** @type {any} */ (ctx).${word}.greet('Ada'),
  misuse: (ctx) => /** @type {any} */ (ctx).${word}.greet(''),
}

export default subject
`
}

export function readme({ name, word }: Skeleton): string {
  return `# ${name}

An extension for Micro.

\`\`\`ts
import { micro } from '@micro/core'
import { ${word} } from '${name}'

const app = micro(import.meta).use(${word}({ greeting: 'Good day' }))
app.get('/:name', (ctx) => ctx.${word}.greet(ctx.params.name))

export default app
\`\`\`

| option | environment | default | |
|---|---|---|---|
| \`greeting\` | \`MICRO_${word.toUpperCase()}__GREETING\` | \`Hello\` | What is said. |

| error | |
|---|---|
| \`MICRO_${word.toUpperCase()}_NOBODY\` | There is nobody to greet. |

\`npm run ci\` builds it, tests it and checks it against Micro's extension protocol.
`
}

export function ciScript(): string {
  return `#!/bin/sh
# What decides whether a change may land.
set -eu
cd "$(dirname "$0")"
[ -d node_modules ] || npm install
npm run ci
`
}

export function ignored(): string {
  return 'node_modules\ndist\n'
}
