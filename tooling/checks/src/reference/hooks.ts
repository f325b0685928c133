/** The reference page of hooks: the phases, what can be hooked into, and who does it. */
import { PHASES } from '@micro/core'
import { declarationsOf } from '../declarations.ts'
import { read } from '../workspace.ts'
import { linked, MADE } from './made.ts'
import { officialApp } from './official-app.ts'

const HOOKS = 'packages/core/src/hooks/hooks.ts'
const SETUP = 'packages/core/src/extension/setup.ts'

/** The kinds of hook, as methods of the façade that `initApp` gets, in the order in which a request meets them. */
const KINDS = ['onStart', 'beforeRequest', 'afterRequest', 'onError', 'teardownRequest', 'onStop']
/** Contributions of an extension that run on their own. */
const RUNNING = /^(start hook|stop hook|beforeRequest|afterRequest|teardownRequest|error handler|template context)$/

/** Phases, kinds of hook, and what the official extensions hook into. */
export function hooksPage(): string {
  const app = officialApp()
  const uses = [...app.extensions].flatMap(({ name, contributions, effects }) =>
    contributions
      .filter(({ kind }) => RUNNING.test(kind))
      .map(({ kind, detail }) => `| \`${name}\` | ${kind} | ${detail === '' ? 'once' : detail} | ${effects.join('; ')} |`),
  )
  return `${MADE}
# Hooks and phases

What they are for, with examples: [hooks and errors](../guide/hooks-and-errors.md). \`micro extensions\` shows what the extensions of an app
hook into.

## Kinds

| hook | what it does |
|---|---|
${kinds().join('\n')}

## Phases

A hook that names a phase runs with those of the same phase, whatever the order of installation; inside a phase the names of the
extensions decide. Hooks without a phase follow, as they were declared: those of the app before those of the blueprints around the route,
from the outermost. Then come the route's own middleware and the handler. After hooks and teardowns run in the reverse order.

| | phase | what it is for |
|---|---|---|
${PHASES.map((phase, at) => `| ${at + 1} | \`${phase}\` | ${purposeOf(phase)} |`).join('\n')}
| ${PHASES.length + 1} | none | everything else |

## What the official extensions hook into

| extension | hook | when | what it changes for other requests |
|---|---|---|---|
${uses.join('\n')}
`
}

function kinds(): readonly string[] {
  const setup = declarationsOf(read(SETUP)).find(({ name }) => name === 'Setup')
  return KINDS.map((kind) => {
    const member = setup?.members.find(({ name, doc }) => name === kind && doc !== '')
    if (member === undefined) {
      throw new Error(
        `${SETUP}: Setup.${kind} is gone or has no docstring: correct it, or the list in tooling/checks/src/reference/hooks.ts.`,
      )
    }
    return `| \`${kind}\` | ${linked(member.doc)} |`
  })
}

/** What the docstring of \`PHASES\` says of one of them. */
function purposeOf(phase: string): string {
  const doc = declarationsOf(read(HOOKS)).find(({ name }) => name === 'PHASES')?.doc ?? ''
  const purpose = doc.split(` - \`${phase}\`: `)[1]?.split(' - `')[0]
  if (purpose === undefined) {
    throw new Error(`${HOOKS}: the docstring of PHASES does not say what '${phase}' is for: add a line "- \`${phase}\`: …".`)
  }
  return linked(purpose)
}
