/** Broken on purpose: importing it reads the environment, starts a timer and opens a server. */
import { createServer } from 'node:net'
import type { AnyExtension } from '@micro/core'
import { nameless } from '../nameless-types/index.ts'

export const url: string | undefined = process.env.MICRO_BUSY__URL
export const timer: ReturnType<typeof setInterval> = setInterval(() => undefined, 60_000)
export const server: unknown = createServer().listen(0, '127.0.0.1')

export const busy = (): AnyExtension => nameless()
