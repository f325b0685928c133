import { defineExtension, isHttpError, isMicroError, options } from '@micro/core'
import { loadedPackages } from '../loaded-packages.ts'
import { failed, passed, type Rule } from '../rule.ts'
import { causesOf, definitionOf, messageOf, tryOut } from '../trial.ts'

/** An extension that has nothing to do with the one under test. */
const bystander = (name: string) =>
  defineExtension({
    name,
    version: '1.0.0',
    core: '^1.0.0',
    config: options({}),
    initApp: () => ({ app: { name }, context: () => ({ name }) }),
  })

/** P21 */
export const anyOrder: Rule = {
  id: 'P21',
  title: 'order does not matter except where needs says so',
  async check(subject) {
    const seen = new Set<string>()
    const orders = [[], ['afterwards'], ['before'], ['before', 'afterwards']] as const
    for (const order of orders) {
      const first = order.filter((name) => name === 'before').map(bystander)
      const last = order.filter((name) => name === 'afterwards').map(bystander)
      const trial = await tryOut({ ...subject, peers: () => [...first, ...(subject.peers?.() ?? [])] }, { more: last })
      try {
        const { name } = subject.create()
        const routes = trial.app.routes.map(({ methods, path }) => `${methods.join()} ${path}`).sort()
        const config = trial.app.extensions.get(name)?.config.map(({ key, value }) => [key, value])
        const answer = await (await trial.client.get('/exercise')).text()
        seen.add(JSON.stringify({ routes, config, answer }))
      } finally {
        await trial.end()
      }
    }
    return seen.size === 1
      ? passed(`${orders.length} orders gave the same routes, configuration and answers`)
      : failed(`${seen.size} different results: ${[...seen].join(' | ').slice(0, 400)}`, 'one result')
  },
}

/** P22 */
export const nothingUnasked: Rule = {
  id: 'P22',
  title: 'it works with nothing but what it needs, and loads nothing else',
  async check(subject) {
    const { name } = subject.create()
    const trial = await tryOut(subject)
    try {
      const reply = await trial.client.get('/exercise')
      if (reply.status !== 200) {
        return failed(`with its needs alone the exercise answered ${reply.status}`, '200')
      }
    } finally {
      await trial.end()
    }
    if (subject.module === undefined) {
      return passed('it works with its needs alone; the module was not named, so what it loads was not watched')
    }
    const needed = new Set(Object.keys(definitionOf(subject.create()).needs ?? {}))
    const loaded = await loadedPackages(subject.module)
    if (loaded === undefined) {
      return passed('it works with its needs alone; this runtime does not tell what an import loads')
    }
    const own = new Set([`@micro/${name}`, '@micro/core', '@micro/compat'])
    const unasked = loaded.filter((other) => /^@micro\//.test(other) && !own.has(other) && !needed.has(other.slice('@micro/'.length)))
    return unasked.length === 0
      ? passed(`loads no other extension`)
      : failed(`its import loads ${unasked.join(', ')}`, 'no other extension')
  },
}

/** P25 */
export const ownCodes: Rule = {
  id: 'P25',
  title: 'its errors carry its code prefix, and its bugs its name',
  async check(subject) {
    const { name } = subject.create()
    const trial = await tryOut(subject)
    let thrown: unknown
    trial.app.get('/misuse/caught', async (ctx) => {
      try {
        await subject.misuse(ctx)
        return 'nothing was thrown'
      } catch (error) {
        thrown = error
        return 'thrown'
      }
    })
    try {
      await trial.client.get('/misuse/caught')
    } finally {
      await trial.end()
    }
    if (thrown === undefined) {
      return failed('the misuse threw nothing', `an error with a code MICRO_${name.toUpperCase()}_…`)
    }
    const own = causesOf(thrown).find((error) => isMicroError(error) && error.code.startsWith('MICRO_'))
    if (own === undefined || !isMicroError(own)) {
      return failed(
        `the misuse threw ${isHttpError(thrown) ? `an HttpError ${thrown.status}` : messageOf(thrown)}`,
        `a MicroError with a code MICRO_${name.toUpperCase()}_…`,
      )
    }
    return own.code.startsWith(`MICRO_${name.toUpperCase()}_`)
      ? passed(`${own.code}: ${own.message.slice(0, 120)}`)
      : failed(`the code is ${own.code}`, `MICRO_${name.toUpperCase()}_…`)
  },
}
