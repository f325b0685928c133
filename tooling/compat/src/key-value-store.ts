/** The contract of key-value stores: what an extension gives as `KeyValueStore`. */
import assert from 'node:assert/strict'
import type { KeyValueStore } from '@micro/core'
import { type ContractRule, type ContractSubject, testContract } from './contract.ts'
import type { TestFunction } from './running-test.ts'

/** Values of every kind that JSON has. */
const VALUES: readonly unknown[] = [
  ...['', 'Grüße, 世界 "\\ \u0000 😀', 0, -1.5e-7, 1e21, true, false, null, [], {}],
  { list: [1, [2, {}]], tree: { a: { b: 'c' } } },
]

const KEYS = ['a', 'a ', 'A', 'a:b', 'a*', '../a', '__proto__', 'constructor', 'ü', '\u0000', '%', 'x'.repeat(512)]

const RULES: readonly ContractRule<KeyValueStore>[] = [
  {
    title: 'what is set is got, whatever JSON can say, until it is deleted',
    async check(store) {
      for (const value of VALUES) {
        await store.set('key', value)
        assert.deepEqual(await store.get('key'), value)
      }
      assert.equal(await store.delete('key'), true)
      assert.equal(await store.get('key'), undefined)
      assert.equal(await store.delete('key'), false)
      assert.equal(await store.take('key'), undefined)
    },
  },
  {
    title: 'keys do not know each other',
    async check(store) {
      for (const key of KEYS) {
        assert.equal(await store.get(key), undefined, JSON.stringify(key))
      }
      await Promise.all(KEYS.map((key) => store.set(key, key)))
      assert.deepEqual(await Promise.all(KEYS.map((key) => store.get(key))), KEYS)
      await store.delete('a')
      assert.deepEqual(await Promise.all(KEYS.map((key) => store.get(key))), [undefined, ...KEYS.slice(1)])
    },
  },
  {
    title: 'it keeps neither what it was given nor what it gave',
    async check(store) {
      const given = { list: [1] }
      await store.set('key', given)
      given.list.push(2)
      const got = await store.get<{ list: number[] }>('key')
      got?.list.push(3)
      assert.deepEqual(await store.get('key'), { list: [1] })
    },
  },
  {
    title: 'a value ends after maxAge seconds; setting it again sets its time too',
    async check(store, pass) {
      await store.set('brief', 1, { maxAge: 1 })
      await store.add('added', 1, { maxAge: 1 })
      await store.increment('count', { maxAge: 1 })
      await store.increment('count', { maxAge: 3600 })
      await store.set('lasting', 1, { maxAge: 1 })
      await store.set('lasting', 2)
      await store.set('longer', 1, { maxAge: 1 })
      await store.set('longer', 2, { maxAge: 3600 })
      await store.set('kept', 1, { maxAge: 1 })
      assert.equal(await store.add('kept', 2, { maxAge: 3600 }), false)
      const brief = ['brief', 'added', 'count', 'kept']
      assert.deepEqual(await Promise.all(brief.map((key) => store.get(key))), [1, 1, 2, 1])
      for (let waited = 0; waited < 23 && (await anyOf(store, brief)); waited++) {
        await pass(100)
      }
      assert.deepEqual(await Promise.all(brief.map((key) => store.get(key))), [undefined, undefined, undefined, undefined])
      assert.deepEqual([await store.get('lasting'), await store.get('longer')], [2, 2])
      assert.equal(await store.add('brief', 5), true, 'what has ended can be added')
      assert.equal(await store.increment('count'), 1, 'what has ended counts from 0')
      assert.equal(await store.take('added'), undefined, 'what has ended cannot be taken')
      assert.equal(await store.delete('kept'), false, 'what has ended cannot be deleted')
    },
  },
  {
    title: 'of many that add a value at once, one does',
    async check(store) {
      const added = await Promise.all(Array.from({ length: 20 }, (_, index) => store.add('key', index)))
      assert.equal(added.filter(Boolean).length, 1)
      assert.equal(await store.get('key'), added.indexOf(true))
    },
  },
  {
    title: 'of many that take a value at once, one gets it',
    async check(store) {
      await store.set('key', { ticket: 1 })
      const taken = await Promise.all(Array.from({ length: 20 }, () => store.take('key')))
      assert.deepEqual(
        taken.filter((value) => value !== undefined),
        [{ ticket: 1 }],
      )
      assert.equal(await store.get('key'), undefined)
    },
  },
  {
    title: 'of many that add to a number at once, none is lost',
    async check(store) {
      const sums = await Promise.all(Array.from({ length: 20 }, () => store.increment('key', { by: 3 })))
      assert.deepEqual(
        sums.sort((one, other) => one - other),
        Array.from({ length: 20 }, (_, index) => 3 * (index + 1)),
      )
      assert.equal(await store.increment('key', { by: -60 }), 0)
      assert.equal(await store.get('key'), 0)
      await store.set('key', 41)
      assert.equal(await store.increment('key'), 42)
    },
  },
  {
    title: 'adding to what is no number is refused, and leaves it',
    async check(store) {
      await store.set('key', 'text')
      await refused(() => store.increment('key'), 'increment() of a text')
      assert.equal(await store.get('key'), 'text')
    },
  },
  {
    title: 'a value that JSON cannot say is refused, and leaves what is there',
    async check(store) {
      const loop: unknown[] = []
      loop.push(loop)
      await store.set('key', 'before')
      for (const value of [undefined, () => 1, Symbol('s'), 5n, loop]) {
        await refused(() => store.set('key', value), `set() of ${typeof value}`)
        await refused(() => store.add('other', value), `add() of ${typeof value}`)
      }
      assert.deepEqual([await store.get('key'), await store.get('other')], ['before', undefined])
    },
  },
  {
    title: 'a key that is no text of 1 to 512 characters is refused',
    async check(store) {
      for (const key of ['', 'x'.repeat(513), undefined as never, 5 as never]) {
        await refused(() => store.set(key, 1), `set(${String(key).slice(0, 20)})`)
        await refused(() => store.get(key), `get(${String(key).slice(0, 20)})`)
      }
    },
  },
]

/** Registers a named test for each promise of a key-value store. `create` makes one that holds nothing. */
export function testKeyValueStore(subject: ContractSubject<KeyValueStore>, test?: TestFunction): Promise<void> {
  return testContract(RULES, { patienceMs: 4000, ...subject }, test)
}

async function anyOf(store: KeyValueStore, keys: readonly string[]): Promise<boolean> {
  return (await Promise.all(keys.map((key) => store.get(key)))).some((value) => value !== undefined)
}

/** Whether a call fails, by a throw or by a promise. */
async function refused(call: () => Promise<unknown>, what: string): Promise<void> {
  let answer: unknown
  try {
    answer = await call()
  } catch (error) {
    assert.ok(error instanceof Error, `${what} is refused with ${String(error)}, which is no error`)
    return
  }
  assert.fail(`${what} is not refused: it gave ${JSON.stringify(answer) ?? 'undefined'}`)
}
