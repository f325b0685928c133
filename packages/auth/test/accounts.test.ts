import { describe, expect, it, vi } from 'vitest'
import { Accounts } from '../src/accounts.ts'
import { memoryStore } from '../src/index.ts'
import type { HashCost } from '../src/key-derivation.ts'
import { SCRYPT_COST } from '../src/key-derivation.ts'
import { PasswordHasher } from '../src/password-hasher.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const PASSWORD = 'correct horse battery staple'

/** Accounts whose hashing is counted; a key is the password itself, so that it costs nothing. */
function counted(): { accounts: Accounts; derived: HashCost[] } {
  const derived: HashCost[] = []
  const hasher = new PasswordHasher({ concurrency: 1, queueLimit: 10 }, async () => ({
    preferred: SCRYPT_COST,
    async derive(password, _salt, { algorithm, ...cost }, length) {
      derived.push({ algorithm, ...cost } as HashCost)
      const key = new Uint8Array(length)
      key.set(password.subarray(0, length))
      return key
    },
  }))
  return { accounts: new Accounts(hasher, 8), derived }
}

describe('Accounts', () => {
  it('A-7: spends the same work on known, unknown and passwordless accounts, and on wrong and right passwords', async () => {
    const { accounts, derived } = counted()
    const store = memoryStore()
    await accounts.register(store, { email: 'known@example.com', password: PASSWORD }, 1)
    await store.createUser({
      email: 'passwordless@example.com',
      created: 1,
      values: {},
      identity: { issuer: 'https://a.example', subject: '1' },
    })
    const work = async (email: string, password: string): Promise<unknown> => {
      derived.length = 0
      const { ok } = await accounts.verify(store, { email, password })
      return { ok, derived: derived.map(({ algorithm }) => algorithm) }
    }
    expect(await work('known@example.com', PASSWORD)).toEqual({ ok: true, derived: ['scrypt'] })
    expect(await work('known@example.com', 'wrong')).toEqual({ ok: false, derived: ['scrypt'] })
    expect(await work('unknown@example.com', PASSWORD)).toEqual({ ok: false, derived: ['scrypt'] })
    expect(await work('passwordless@example.com', PASSWORD)).toEqual({ ok: false, derived: ['scrypt'] })
    expect(await work('passwordless@example.com', '')).toEqual({ ok: false, derived: ['scrypt'] })
  })

  it('A-8: spends the same work on registering an address that is taken', async () => {
    const { accounts, derived } = counted()
    const store = memoryStore()
    for (const code of [undefined, 'taken']) {
      derived.length = 0
      const result = await accounts.register(store, { email: 'ada@example.com', password: PASSWORD }, 1)
      expect([result.ok ? undefined : result.code, derived.length]).toEqual([code, 1])
    }
  })

  it('A-9: spends no work on what cannot be a password', async () => {
    const { accounts, derived } = counted()
    const store = memoryStore()
    for (const password of ['x'.repeat(1_000_000), 'é'.repeat(600), { $ne: 1 }, null]) {
      const credentials = { email: 'ada@example.com', password: password as string }
      expect(await accounts.verify(store, credentials)).toMatchObject({ ok: false, status: 422 })
      expect(await accounts.register(store, credentials, 1)).toMatchObject({ ok: false, status: 422 })
    }
    expect(derived).toEqual([])
  })

  it('lets nobody choose what auth() sets by registering', async () => {
    const { accounts } = counted()
    const made: unknown[] = []
    const store = { ...memoryStore(), createUser: async (account: unknown) => void made.push(account) } as never
    const values = { id: 77, email: 'x@example.com', created: 0, name: 'Ada' }
    await accounts.register(store, { email: 'ada@example.com', password: PASSWORD, values: values as never }, 5)
    expect(made).toEqual([{ email: 'ada@example.com', created: 5, values: { name: 'Ada' }, password: expect.any(String) }])
  })
})
