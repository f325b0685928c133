#!/usr/bin/env node
import { runCompat } from './cli.ts'

process.exitCode = await runCompat(process.argv.slice(2), process.cwd(), (line) => console.log(line))
