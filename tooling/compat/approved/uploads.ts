import type { Subject } from '@micro/compat'
import { uploads } from '@micro/uploads'
import type { With } from './official-context.ts'

type Deleting = With<'uploads', { delete(key: string): Promise<boolean> }>

const subject: Subject = {
  create: () => uploads(),
  module: import.meta.resolve('@micro/uploads'),
  otherConfig: { limits: { files: 2 } },
  misconfigure: [{ config: { limits: { files: 'many' } }, key: 'limits.files' }],
  exercise: (ctx) => (ctx as Deleting).uploads.delete(`${'0'.repeat(32)}.png`),
  misuse: (ctx) => (ctx as Deleting).uploads.delete('../etc/passwd'),
}

export default subject
