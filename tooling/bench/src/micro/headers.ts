/** `hello.ts` with the security headers that an app sends unless it is told otherwise; the bench leaves them off elsewhere. */
import { micro } from '@micro/core'
import { serve } from '@micro/core/node'

const app = micro(import.meta, { config: { headers: { contentTypeOptions: true, frameOptions: 'SAMEORIGIN' } } })

app.get('/', () => 'Hello, World!')

await serve(app, { port: Number(process.env.PORT) })
