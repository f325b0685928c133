import { isMicroError } from '@micro/core'
import { foreignMembers } from '../foreign-members.ts'
import { failed, inapplicable, passed, type Rule } from '../rule.ts'
import { runtimeImports } from '../runtime-imports.ts'
import { definitionOf, globalsOf, messageOf, tryOut, wrap } from '../trial.ts'
import { deedsOf } from '../watch.ts'

/** P09 */
export const onlyDeclares: Rule = {
  id: 'P09',
  title: 'initApp is synchronous and only declares',
  async check(subject) {
    let deeds: readonly string[] = []
    let promised = false
    let facade: object | undefined
    const extension = wrap(subject.create(), (initApp, app, config) => {
      facade = app
      let made: unknown
      deeds = deedsOf(() => {
        made = initApp(app, config)
      })

      promised = typeof (made as { then?: unknown } | undefined)?.then === 'function'
      return made
    })
    let problem: string | undefined
    let trial: Awaited<ReturnType<typeof tryOut>> | undefined
    try {
      trial = await tryOut(subject, { extension })
    } catch (error) {
      problem = messageOf(error)
    }
    try {
      if (promised) {
        return failed('initApp returned a promise', 'a synchronous initApp')
      }
      if (problem !== undefined || trial === undefined) {
        return failed(`the installation failed: ${problem}`, 'an installation')
      }
      deeds = [...deeds, ...globalsOf(subject)]
      if (deeds.length > 0) {
        return failed(`initApp ${deeds.join(', ')}`, 'an initApp that only declares')
      }
      const late = facade as { onStart(run: () => void): void }
      try {
        late.onStart(() => undefined)
        return failed('its façade still took declarations after initApp', 'MICRO_SETUP_CLOSED')
      } catch (error) {
        if (!isMicroError(error) || error.code !== 'MICRO_SETUP_CLOSED') {
          return failed(`a late declaration ended with ${messageOf(error)}`, 'MICRO_SETUP_CLOSED')
        }
      }
      await trial.app.start()
      await trial.client.get('/exercise')
      const errors = trial.lines.filter(({ level }) => level === 'error')
      return errors.length === 0
        ? passed('initApp returned at once and did no I/O; nothing was declared after it')
        : failed(`after the start: ${errors[0]?.message} ${messageOf(errors[0]?.error)}`, 'no late declaration, no error')
    } finally {
      await trial?.end()
    }
  },
}

/** P11 */
export const needsOnly: Rule = {
  id: 'P11',
  title: 'it takes what it needs through needs only',
  async check(subject) {
    const needs = Object.entries(definitionOf(subject.create()).needs ?? {}).filter(([, need]) => !need.optional)
    const siblings = subject.module === undefined ? [] : await runtimeImports(subject.module)
    if (siblings.length > 0) {
      return failed(`it imports ${siblings.join(', ')} at run time`, 'no import of another extension')
    }
    if (needs.length === 0) {
      return inapplicable('it needs core alone')
    }
    try {
      const trial = await tryOut({ ...subject, peers: () => [] })
      await trial.end()
      return failed('it was installed without what it needs', 'MICRO_NEED_MISSING')
    } catch (error) {
      return isMicroError(error) && error.code === 'MICRO_NEED_MISSING'
        ? passed(`needs ${needs.map(([name, { range }]) => `${name} ${range}`).join(', ')}; refused without`)
        : failed(`without what it needs: ${messageOf(error)}`, 'MICRO_NEED_MISSING')
    }
  },
}

/** Methods of the façade that contribute something. */
const CONTRIBUTING = [
  'onStart',
  'onStop',
  'beforeRequest',
  'afterRequest',
  'teardownRequest',
  'onError',
  'register',
  'converter',
  'bodyReader',
  'static',
  'health',
  'json',
] as const

/** P13 */
export const visible: Rule = {
  id: 'P13',
  title: 'everything it contributes is visible',
  async check(subject) {
    let called = 0
    const extension = wrap(subject.create(), (initApp, app, config) => {
      const counting: { [name: string]: unknown } = Object.create(app)
      for (const name of CONTRIBUTING) {
        const original = (app as { readonly [name: string]: unknown })[name]
        if (typeof original === 'function') {
          Object.defineProperty(counting, name, {
            value: (...args: unknown[]) => {
              called++
              return Reflect.apply(original, app, args)
            },
          })
        }
      }
      return initApp(counting, config)
    })
    const trial = await tryOut(subject, { extension })
    try {
      const info = trial.app.extensions.get(extension.name)
      if (info === undefined) {
        return failed('app.extensions does not know it', 'an entry')
      }
      const definition = definitionOf(extension)
      if (extension.version !== definition.version) {
        return failed(`the value says version ${extension.version}, its definition ${definition.version}`, 'one version')
      }
      const foreign = await foreignMembers(subject)
      if (foreign.length > 0) {
        return failed(
          `beside app.${extension.name} and ctx.${extension.name} it changes ${foreign.join(', ')}`,
          'nothing that is not listed',
        )
      }
      const needs = Object.keys(definition.needs ?? {})
      if (info.version !== definition.version || needs.join() !== info.needs.map(({ name }) => name).join()) {
        return failed(
          `the entry says version ${info.version}, needs ${info.needs.map(({ name }) => name).join() || 'none'}`,
          `version ${definition.version}, needs ${needs.join() || 'none'}`,
        )
      }
      return info.contributions.length >= called
        ? passed(
            `${info.contributions.length} contribution(s): ${[...new Set(info.contributions.map(({ kind }) => kind))].join(', ') || 'none beside its members'}`,
          )
        : failed(`${info.contributions.length} contributions are listed, ${called} were made`, 'all of them')
    } finally {
      await trial.end()
    }
  },
}
