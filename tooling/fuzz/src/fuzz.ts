/** Fuzzes without end, or for a time, or one case again: `node --conditions=@micro/source tooling/fuzz/src/fuzz.ts --help`. */
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { TARGETS } from './targets.ts'

const HELP = `fuzz [target…] [options]

Targets, all of them by default:
${TARGETS.map((target) => `  ${target.name.padEnd(22)} ${target.about}`).join('\n')}

  --seconds 60   how long; without it there is no end
  --seed 1       the first seed; a random one otherwise
  --path 0:1     with --seed and one target: the case that a failure names
`

/** Inputs between two looks at the clock. */
const RUNS = 200

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string' },
    seed: { type: 'string' },
    path: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

if (flags.help) {
  process.stdout.write(HELP)
} else {
  await fuzz()
}

async function fuzz(): Promise<void> {
  const unknown = positionals.find((name) => !TARGETS.some((target) => target.name === name))
  if (unknown !== undefined) {
    throw new Error(`no target '${unknown}': there are ${TARGETS.map((target) => target.name).join(', ')}`)
  }
  const chosen = TARGETS.filter((target) => positionals.length === 0 || positionals.includes(target.name))
  const end = flags.seconds === undefined ? Number.POSITIVE_INFINITY : performance.now() + Number(flags.seconds) * 1000
  let seed = flags.seed === undefined ? Math.floor(Math.random() * 0x7fffffff) : Number(flags.seed)
  let inputs = 0
  do {
    for (const target of chosen) {
      const details = await fc.check(target.property, { seed, numRuns: RUNS, ...(flags.path === undefined ? {} : { path: flags.path }) })
      inputs += details.numRuns
      if (details.failed) {
        const again = `--seed ${details.seed} --path ${details.counterexamplePath}`
        process.stderr.write(`${target.name}: ${target.about}\n${fc.defaultReportMessage(details)}\nAgain: fuzz ${target.name} ${again}\n`)
        process.exitCode = 1
        return
      }
    }
    process.stdout.write(`${inputs} inputs, seed ${seed}\n`)
    seed += 1
  } while (performance.now() < end && flags.path === undefined)
}
