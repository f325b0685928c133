import type { Subject } from '@micro/compat'
import { form, forms } from '@micro/forms'
import type { With } from './official-context.ts'

const subject: Subject = {
  create: () => forms(),
  module: import.meta.resolve('@micro/forms'),
  otherConfig: { allowSameSite: true },
  misconfigure: [{ config: { trustedOrigins: 'https://example.com' }, key: 'trustedOrigins' }],
  exercise: (ctx) => typeof (ctx as With<'forms', unknown>).forms,
  misuse: () => form({} as never),
}

export default subject
