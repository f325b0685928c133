import { test } from 'vitest'
import * as fuzz from './fuzz-parts.ts'
test('x', async () => { await fuzz.run() }, 60000)
