/** The program that a container or systemd starts. SIGTERM drains it; with several workers SIGHUP replaces them, one after the other. */
import { serve } from '@micro/core/node'
import { createApp } from './app.ts'

const { SOCKET: socket } = process.env
const { url } = await serve(createApp(), socket === undefined ? {} : { socket })
console.log(`Serving on ${url}`)
