/** Apps whose templates lie in a directory of their own, for tests. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Context, defineExtension, type MicroOptions, micro, options, type Setup, type TemplateChoice } from '@micro/core'
import { onTestFinished } from 'vitest'

/** A directory with these files, removed when the test is over. */
export function directory(files: { readonly [path: string]: string }): string {
  const root = mkdtempSync(join(tmpdir(), 'micro-templates-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const [path, text] of Object.entries(files)) {
    write(join(root, path), text)
  }
  return root
}

export function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** `import.meta` of a module in this directory. */
export const moduleIn = (path: string): ImportMeta => ({ ...import.meta, dirname: path, filename: join(path, 'app.js') })

/** An app in a directory with these files, and a function that renders one of its templates within a request. */
export function site(files: { readonly [path: string]: string }, settings: MicroOptions = {}) {
  const root = directory(files)
  const app = micro(moduleIn(root), { mode: 'production', env: { MICRO_SECRET_KEY: 'x'.repeat(40) }, ...settings })
  let run = (_: Context): unknown => ''
  app.get('/', (ctx) => {
    try {
      return ctx.json({ done: run(ctx) !== undefined })
    } catch (error) {
      failure = error
      return 'failed'
    }
  })
  let failure: unknown
  /** What `templates.render` returns: text, or a promise of it. */
  const rendered = async (name: TemplateChoice, values?: object): Promise<{ readonly page: string | Promise<string> }> => {
    let page: string | Promise<string> = ''
    failure = undefined
    run = (ctx) => {
      page = app.templates.render(ctx, name, values)
    }
    await app.fetch(new Request('http://localhost/'))
    if (failure !== undefined) {
      throw failure
    }
    return { page }
  }
  return { app, root, rendered, render: async (name: TemplateChoice, values?: object) => (await rendered(name, values)).page }
}

/** An extension that is told what to contribute to the templates. */
export const templatesExtension = (name: string, contribute: (templates: Setup['templates']) => void) =>
  defineExtension({
    name,
    version: '1.0.0',
    core: '*',
    config: options({}),
    initApp: (app) => {
      contribute(app.templates)
      return {}
    },
  })
