/** The reference page of members: what stands on contexts, apps and the façade of `initApp`, from the docstrings. */
import { reservedNames } from '../../../../packages/core/src/extension/reserved.ts'
import { type Declaration, declarationsOf, type Member } from '../declarations.ts'
import { read } from '../workspace.ts'
import { linked, MADE } from './made.ts'

interface Section {
  readonly title: string
  /** What stands in front of the names. */
  readonly prefix: string
  /** A sentence in front of the table. */
  readonly note?: string
  /** Files of core and the interface or class in each. */
  readonly from: readonly (readonly [file: string, name: string])[]
}

const SECTIONS: readonly Section[] = [
  { title: 'Context', prefix: 'ctx', from: [['request/context', 'Context']] },
  { title: 'What a request sees of its app', prefix: 'ctx.app', from: [['request/context', 'AppView']] },
  {
    title: 'Headers of a request',
    prefix: 'ctx.headers',
    from: [
      ['http/request-headers', 'HeaderFields'],
      ['http/request-headers', 'RequestHeaders'],
    ],
  },
  { title: 'What a client prefers', prefix: 'ctx.headers.accept', from: [['http/preferences', 'Preferences']] },
  { title: 'Session', prefix: 'ctx.session', from: [['session/session', 'Session']] },
  {
    title: 'App',
    prefix: 'app',
    from: [
      ['app/scaffold', 'Scaffold'],
      ['app/micro', 'Micro'],
    ],
  },
  { title: 'Templates of an app', prefix: 'app.templates', from: [['templates/templates', 'Templates']] },
  {
    title: 'Blueprint',
    prefix: 'blueprint',
    note: 'Routes, hooks and error handlers are declared as on an app: `get` to `onError` above.',
    from: [['app/blueprint', 'Blueprint']],
  },
  { title: 'What initApp gets', prefix: 'app', note: 'It records; it is not the app.', from: [['extension/setup', 'Setup']] },
  {
    title: 'Command line',
    prefix: 'app.cli',
    note: 'Of an app and of what `initApp` gets.',
    from: [['extension/command', 'CommandRegistry']],
  },
]

/** A member as the page shows it, with where it is declared. */
interface Row {
  readonly member: string
  readonly type: string
  readonly doc: string
  readonly where: string
}

/** Every member with its type and sentence. */
export function membersPage(): string {
  const parts = [
    `${MADE}
# Members of core's own

These names belong to core. An extension adds exactly one member to the app and one to the context, both under its own name, which is
one lower-case word and none of these; within 1.x core adds no further member that is one lower-case word, so an approved extension
never collides with a later core. Everything else on \`ctx\` comes from the middleware a route names.

**Readers and replies.** A reply is one word (\`ctx.json(…)\`, \`ctx.text(…)\`), because handlers are full of them; what reads the body
begins with \`read\` (\`ctx.readJson()\`, \`ctx.readText()\`): both families are complete under completion, and no name means two things.`,
  ]
  for (const section of SECTIONS) {
    const rows = rowsOf(section).map(({ member, type, doc }) => `| ${code(member)} | ${type === '' ? '' : code(type)} | ${linked(doc)} |`)
    const note = section.note === undefined ? '' : `${section.note}\n\n`
    parts.push(`## ${section.title}\n\n${note}| member | type | what it is |\n|---|---|---|\n${rows.join('\n')}`)
  }
  parts.push(`## Reserved names

No extension may have one of these names, nor that of a member which a class made from \`Micro\` adds:
${reservedNames()
  .map((name) => `\`${name}\``)
  .join(' ')}.
`)
  return parts.join('\n\n')
}

/** The members without a sentence. */
export function checkDocstrings(sections: readonly Section[] = SECTIONS, textOf: (file: string) => string = read): readonly string[] {
  const silent = sections.flatMap((section) => rowsOf(section, textOf).filter(({ doc }) => doc === ''))
  return [...new Set(silent.map(({ where }) => `${where} has no docstring: say in one sentence what it is.`))]
}

function rowsOf({ prefix, from }: Section, textOf: (file: string) => string = read): readonly Row[] {
  return from.flatMap(([name, wanted]) => {
    const file = `packages/core/src/${name}.ts`
    const owner = declarationsOf(textOf(file)).find((declaration: Declaration) => declaration.name === wanted)
    if (owner === undefined) {
      throw new Error(`${file} declares no ${wanted}: correct the list in tooling/checks/src/reference/members.ts.`)
    }
    return rowsIn(owner.members, prefix, `${file}: ${wanted}`)
  })
}

function rowsIn(members: readonly Member[], prefix: string, where: string): readonly Row[] {
  const shown = members.filter(({ name, isPublic }) => isPublic && !/^(|~.*|constructor)$/.test(name))
  return [...Map.groupBy(shown, ({ name }) => name)].flatMap(([name, same]) => {
    // Of overloads each is shown, of a getter and its setter one; one docstring stands for all.
    const overloads = same.filter(({ hasBody, call }) => call !== '' && !hasBody)
    const doc = same.find((one) => one.doc !== '')?.doc ?? ''
    const inner = same.flatMap((one) => rowsIn(one.members, `${prefix}.${name}`, `${where}.${name}`))
    const each = overloads.length > 0 ? overloads : same.slice(0, 1)
    return [
      ...each.map(({ call, type }) => ({
        member: `${prefix}.${name}${call}`,
        type: inner.length > 0 ? '' : type,
        doc,
        where: `${where}.${name}`,
      })),
      ...inner,
    ]
  })
}

function code(text: string): string {
  return `\`${text.replace(/\|/g, '\\|')}\``
}
