/** What an extension is asked to allow its users: options of its own for each value, parts of theirs, views under a path they choose. */
import { blueprint, defineExtension, type Micro, micro, middleware, option, options } from '@micro/core'
import { describe, expect, onTestFinished, test } from 'vitest'

/** What a store of people can do; an application may bring its own. */
class PeopleStore<P extends { readonly name: string }> {
  find(name: string): P | undefined {
    return { name } as P
  }
}

interface PeopleOptions<P extends { readonly name: string }> {
  readonly store?: PeopleStore<P>
  readonly prefix?: string
  readonly greeting?: string
}

/** An extension that is generic in the people of the application. */
function people<P extends { readonly name: string } = { readonly name: string }>({
  store = new PeopleStore<P>(),
  prefix = '/people',
  greeting,
}: PeopleOptions<P> = {}) {
  return defineExtension({
    name: 'people',
    version: '1.0.0',
    core: '*',
    config: options({ greeting: option.string({ default: greeting ?? 'Hello' }) }),
    initApp: (app, config) => {
      const pages = blueprint('people', import.meta, { prefix })
      pages.get('/:name', { name: 'show' }, (ctx) => `${config.greeting}, ${store.find(ctx.params.name)?.name ?? 'nobody'}!`)
      app.register(pages)
      return { app: { find: (name: string): P | undefined => store.find(name) } }
    },
  })
}

const opened = <A extends Micro>(app: A): A => {
  onTestFinished(() => app.stop())
  return app
}
const make = () => opened(micro(import.meta, { env: {}, mode: 'test' }))
const text = async (app: Pick<Micro, 'client'>, path: string) => (await app.client().get(path)).text()

describe('an extension, as its users have it', () => {
  test('each value has options of its own, which configuration of the app comes before', async () => {
    const [kind, curt] = [people({ greeting: 'Dear' }), people({ greeting: 'Oh' })]
    const one = make().use(kind)
    const other = opened(micro(import.meta, { env: {}, mode: 'test', config: { people: { greeting: 'You there' } } })).use(curt)
    const plain = make().use(curt)
    expect([await text(one, '/people/Ada'), await text(other, '/people/Ada'), await text(plain, '/people/Ada')]).toEqual([
      'Dear, Ada!',
      'You there, Ada!',
      'Oh, Ada!',
    ])
  })

  test('it is a value: nothing can be set on it afterwards, for all apps at once', () => {
    const value = people()
    expect(() => Object.assign(value, { greeting: 'x' })).toThrow(TypeError)
    expect(Object.isFrozen(value)).toBe(true)
  })

  test('what it does can be done otherwise by a class of the application, whose own types come through', async () => {
    interface Person {
      readonly name: string
      readonly born: number
    }
    class Mathematicians extends PeopleStore<Person> {
      override find(name: string): Person | undefined {
        return name === 'Ada' ? { name: 'Ada Lovelace', born: 1815 } : undefined
      }
    }
    const app = make().use(people({ store: new Mathematicians() }))
    const born: number | undefined = app.people.find('Ada')?.born
    expect([born, await text(app, '/people/Ada'), await text(app, '/people/Bob')]).toEqual([1815, 'Hello, Ada Lovelace!', 'Hello, nobody!'])
  })

  test('its views come as a blueprint, under a path that is chosen, and are listed', async () => {
    const app = make().use(people({ prefix: '/humans' }))
    expect(app.routes.map(({ path, name }) => `${name} ${path}`)).toContain('people.show /humans/:name')
    expect([await text(app, '/humans/Ada'), app.urlFor('people.show', { name: 'Ada' })]).toEqual(['Hello, Ada!', '/humans/Ada'])
  })

  test('what it wraps around handlers works for those that answer at once and for those that wait', async () => {
    const theName = middleware(async (ctx, next) =>
      ctx.query.has('name') ? next({ who: ctx.query.get('name') ?? '' }) : ctx.text('who?', 401),
    )
    const app = make()
    app.get('/now', [theName], (ctx) => ctx.who)
    app.get('/later', [theName], async (ctx) => {
      await Promise.resolve()
      return ctx.who
    })
    expect(await Promise.all(['/now?name=a', '/later?name=b', '/now', '/later'].map((path) => text(app, path)))).toEqual([
      'a',
      'b',
      'who?',
      'who?',
    ])
  })
})
