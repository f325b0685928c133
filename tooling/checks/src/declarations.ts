/** What a source file declares, with its docstrings: as a parser sees it, so that nothing is guessed from the layout. */
import { parseAst } from 'rolldown/parseAst'

/** A member of a class, of an interface, or of the object that a constant or a type is. */
export interface Member {
  readonly name: string
  /** Its docstring in one line, or an empty text. */
  readonly doc: string
  /** Not private, protected, `#private`, or marked `@internal`. */
  readonly isPublic: boolean
  /** Type params and params with their parentheses; an empty text for what is not called, getters too. */
  readonly call: string
  /** Its type, or that of its result; an empty text where none is written. */
  readonly type: string
  /** Whether it is a function with a body: of overloads, the one that is not called. */
  readonly hasBody: boolean
  /** What is inside it, or in its type where that is written as an object: `{ … }`, `Named & { … }`. */
  readonly members: readonly Member[]
  readonly start: number
  readonly end: number
}

/** A declaration at the top of a file. Overloads are one declaration each. */
export interface Declaration extends Member {
  /** `class`, `function`, `interface`, `type` or `const`. */
  readonly kind: string
  /** What a class extends and implements, and an interface extends. */
  readonly bases: readonly string[]
}

/** A node of the tree, as far as it is looked at. */
interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly kind?: string
  readonly name?: unknown
  readonly value?: unknown
  readonly accessibility?: string | null
  readonly id?: Node | null
  readonly key?: Node
  readonly body?: Node | readonly Node[] | null
  readonly init?: Node | null
  readonly expression?: Node
  readonly declaration?: Node | null
  readonly declarations?: readonly Node[]
  readonly superClass?: Node | null
  readonly implements?: readonly Node[]
  readonly extends?: readonly Node[]
  readonly properties?: readonly Node[]
  readonly members?: readonly Node[]
  readonly types?: readonly Node[]
  readonly params?: readonly Node[]
  readonly returnType?: Node | null
  readonly typeAnnotation?: Node | null
}

const KINDS: { readonly [type: string]: string } = {
  ClassDeclaration: 'class',
  FunctionDeclaration: 'function',
  TSDeclareFunction: 'function',
  TSInterfaceDeclaration: 'interface',
  TSTypeAliasDeclaration: 'type',
  VariableDeclaration: 'const',
}

/** The declarations of a file. @throws SyntaxError for what is no TypeScript. */
export function declarationsOf(text: string): readonly Declaration[] {
  const program = parseAst(text, { lang: 'ts' }) as unknown as { readonly body: readonly Node[] }
  return program.body.flatMap((statement) => {
    const node = statement.declaration ?? statement
    const kind = KINDS[node.type]
    if (kind === undefined) {
      return []
    }
    const named = node.declarations?.[0] ?? node
    const bases = [named.superClass, ...(named.implements ?? []), ...(named.extends ?? [])]
    return [
      {
        ...memberOf(text, { ...named, start: statement.start, end: statement.end }, named.id ?? named),
        kind,
        bases: bases.flatMap((base) => (base === null || base === undefined ? [] : [nameOf(text, base.expression ?? base)])),
      },
    ]
  })
}

function memberOf(text: string, node: Node, name: Node | undefined): Member {
  const doc = docBefore(text, node.start)
  const isHidden = name?.type === 'PrivateIdentifier' || /^(private|protected)$/.test(node.accessibility ?? '') || doc.includes('@internal')
  const called = node.params === undefined ? (node.value as Node | null | undefined) : node
  const type = called?.returnType ?? node.typeAnnotation ?? null
  return {
    name: name === undefined ? '' : nameOf(text, name),
    doc,
    isPublic: !isHidden,
    call: called?.params === undefined || /^[gs]et$/.test(node.kind ?? '') ? '' : callOf(text, name?.end ?? node.start, called),
    type: type === null ? '' : oneLine(text.slice(type.start, type.end)).replace(/^: /, ''),
    hasBody: called?.params !== undefined && called.body !== null && called.body !== undefined,
    members: insideOf(node).map((member) => memberOf(text, member, member.key)),
    start: node.start,
    end: node.end,
  }
}

/** From the name to the type of the result, or to the body. */
function callOf(text: string, from: number, { returnType, body, end }: Node): string {
  const to = returnType?.start ?? (body as Node | null | undefined)?.start ?? end
  return oneLine(text.slice(from, to)).replace(/,? ?\)$/, ')')
}

/** The members in a node: of its body, its value, or its type. */
function insideOf(node: Node): readonly Node[] {
  const inside = [node.body, node.init, node.typeAnnotation]
  return inside.flatMap((place) => (Array.isArray(place) ? [] : listOf(place as Node | null | undefined)))
}

function listOf(node: Node | null | undefined): readonly Node[] {
  switch (node?.type) {
    case 'ClassBody':
    case 'TSInterfaceBody':
      return node.body as readonly Node[]
    case 'ObjectExpression':
      return node.properties ?? []
    case 'TSTypeLiteral':
      return node.members ?? []
    case 'TSTypeAnnotation':
      return listOf(node.typeAnnotation)
    case 'TSIntersectionType':
      return (node.types ?? []).flatMap(listOf)
    default:
      return []
  }
}

function nameOf(text: string, node: Node): string {
  return String(node.name ?? node.value ?? text.slice(node.start, node.end))
}

/** The docstring that ends right before a place. */
function docBefore(text: string, start: number): string {
  const before = text.slice(0, start).trimEnd()
  const doc = before.endsWith('*/') ? before.slice(before.lastIndexOf('/*') + 2, -2) : ''
  return oneLine(doc.replace(/^\*/, '').replace(/\n\s*\* ?/g, ' '))
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/\( /g, '(').trim()
}
