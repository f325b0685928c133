/** Templates in memory, for tests of the EJS engine. */
import { ejsEngine } from '../src/templates/ejs-engine.ts'
import type { CompiledTemplate, TemplateSource, TemplateValues } from '../src/templates/template-engine.ts'
import { resolveTemplateName } from '../src/templates/template-loader.ts'

/** Templates in memory, compiled once each. */
export function pages(texts: { readonly [name: string]: string }): (name: string, values?: object) => string | Promise<string> {
  const engine = ejsEngine()
  const compiled = new Map<string, CompiledTemplate>()
  const source = (name: string): TemplateSource => {
    const text = texts[name]
    if (text === undefined) {
      throw new Error(`no template ${name}`)
    }
    return {
      name,
      file: `/site/${name}`,
      text,
      filters: {},
      load: (other) => load(resolveTemplateName(other, name)),
      read: (other) => source(resolveTemplateName(other, name)),
    }
  }
  const load = (name: string): CompiledTemplate => {
    const template = compiled.get(name) ?? engine.compile(source(name))
    compiled.set(name, template)
    return template
  }
  return (name: string, values: object = {}) => load(name).render(Object.assign(Object.create(null), values) as TemplateValues)
}
