import { auth, memoryStore } from '@micro/auth'
import type { Subject } from '@micro/compat'
import type { With } from './official-context.ts'

const subject: Subject = {
  create: () => auth({ store: memoryStore() }),
  module: import.meta.resolve('@micro/auth'),
  otherConfig: { loginPath: '/sign-in' },
  misconfigure: [{ config: { loginPath: 7 }, key: 'loginPath' }],
  exercise: async (ctx) => (ctx as With<'auth', { user(): Promise<unknown> }>).auth.user(),
  misuse: (ctx) => (ctx as With<'auth', { login(user: unknown): Promise<void> }>).auth.login({ nobody: true }),
}

export default subject
