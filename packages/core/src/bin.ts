#!/usr/bin/env node
// Runs on a Node that is too old for the rest, to say so: nothing is imported before, and nothing here is newer than Node 12.
const NEEDED = '22.19'
const [major = 0, minor = 0] = NEEDED.split('.').map(Number)
const [ownMajor = 0, ownMinor = 0] = process.versions.node.split('.').map(Number)

if (ownMajor < major || (ownMajor === major && ownMinor < minor)) {
  console.error(`micro needs Node ${NEEDED} or newer; this is Node ${process.versions.node} (${process.execPath}).`)
  process.exitCode = 1
} else {
  void import('./cli.ts')
    .then(({ runCli }) => runCli(process.argv.slice(2)))
    .then((code) => {
      process.exitCode = code
    })
}

export {}
