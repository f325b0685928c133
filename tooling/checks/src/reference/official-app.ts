import { auth, github, memoryStore, oidc } from '@micro/auth'
import { type AnyExtension, type Micro, micro } from '@micro/core'
import { db } from '@micro/db'
import { forms } from '@micro/forms'
import { uploads } from '@micro/uploads'

/** Every official extension, each with everything it can be given. */
export function officialExtensions(): readonly AnyExtension[] {
  const providers = [github(), oidc({ name: 'work', issuer: 'https://login.example.com' })]
  return [db(), forms(), uploads(), auth({ store: memoryStore(), providers })]
}

/** An app with all of them. Never started. */
export function officialApp(): Micro {
  const app = micro(import.meta, { env: {}, mode: 'test' })
  for (const extension of officialExtensions()) {
    app.use(extension as never)
  }
  return app
}
