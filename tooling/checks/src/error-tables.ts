/** Errors for developers: what the tables hold, what the source throws, and what the docstrings say of it are the same. */
import { type Declaration, declarationsOf, type Member } from './declarations.ts'
import { publicDeclarations } from './exports.ts'
import { files, read, type Sources } from './workspace.ts'

/** Every code is in the table of its package, thrown by it, and told by the docstring of the public function that throws it. */
export function checkErrorTables(sources: Sources = packageSources(), isPublic: IsPublic = asExported()): readonly string[] {
  return [...Map.groupBy(sources, ([file]) => file.split('/')[1] ?? '').values()].flatMap((own) => {
    const tables = new Map(own.filter(([file]) => file.endsWith('-errors.ts')))
    const rest = own.filter(([file]) => !tables.has(file))
    const codes = new Map(
      [...tables].flatMap(([file, text]) => [...text.matchAll(/^ {2}(MICRO_\w+): /gm)].map(([, code = '']) => [code, file] as const)),
    )
    const thrown = rest.flatMap(([file, text]) => throwsOf(file, text))
    return [
      ...rest.flatMap(([file, text]) =>
        told(text)
          .filter((code) => !codes.has(code))
          .map(
            (code) => `${file}: a docstring says @throws ${code}, which no table of the package has: correct the code or the docstring.`,
          ),
      ),
      ...thrown
        .filter(({ code }) => !codes.has(code))
        .map(({ file, code }) => `${file} throws ${code}, which no table of the package has: add it to the table.`),
      ...[...codes]
        .filter(([code]) => !thrown.some((place) => place.code === code))
        .map(([code, file]) => `${file}: nothing in the package throws ${code}: remove it.`),
      ...untold(rest, thrown, isPublic),
    ]
  })
}

function packageSources(): Sources {
  return new Map(files('packages/*/src/**/*.ts').map((file) => [file, read(file)]))
}

/** Whether an entry of a package exports what a file declares under a name. */
type IsPublic = (file: string, name: string) => boolean

function asExported(): IsPublic {
  const names = publicDeclarations()
  return (file, name) => names.has(`${file}:${name}`)
}

interface Throw {
  readonly file: string
  readonly code: string
  readonly at: number
}

function throwsOf(file: string, text: string): readonly Throw[] {
  return [...text.matchAll(/Error\(\s*'(MICRO_\w+)'/g)].map(({ 1: code = '', index: at }) => ({ file, code, at }))
}

/** Codes that stand behind `@throws` in docstrings. */
function told(text: string): readonly string[] {
  return [...text.matchAll(/@throws((?:(?!@\w|\*\/)[\s\S])*)/g)].flatMap(([, sentence = '']) =>
    [...sentence.matchAll(/`(MICRO_\w+)`/g)].map(([, code = '']) => code),
  )
}

/** Public functions and methods that throw a code themselves, and do not say so. */
function untold(sources: readonly (readonly [string, string])[], thrown: readonly Throw[], isPublic: IsPublic): readonly string[] {
  const declared = new Map(sources.map(([file, text]) => [file, declarationsOf(text)]))
  const every = [...declared].flatMap(([file, list]) => list.map((one) => ({ ...one, isPublished: isPublic(file, one.name) })))
  return thrown.flatMap(({ file, code, at }) => {
    const around = (place: Member): boolean => place.start <= at && at < place.end
    const own = declared.get(file) ?? []
    const owner = own.find(around)
    const member = owner?.members.find(around)
    if (owner === undefined || !owner.isPublic || member?.isPublic === false) {
      return []
    }
    const docs = [
      ...(isPublic(file, owner.name) ? own.filter(({ name }) => name === owner.name).map(({ doc }) => `${doc} ${member?.doc ?? ''}`) : []),
      ...promised(owner, member, every).map(({ doc }) => doc),
    ]
    const name = member === undefined ? owner.name : `${owner.name}.${member.name}`
    return docs.length === 0 || docs.some((doc) => doc.includes(`\`${code}\``))
      ? []
      : [`${file}: ${name} throws ${code}, and its docstring does not say so: add @throws MicroError \`${code}\`.`]
  })
}

/** The same member in the public interfaces that its class, or a class made from it, implements. */
function promised(
  owner: Declaration,
  member: Member | undefined,
  every: readonly (Declaration & { readonly isPublished: boolean })[],
): readonly Member[] {
  const made = (name: string): readonly string[] => [
    name,
    ...every.filter(({ kind, bases }) => kind === 'class' && bases.includes(name)).flatMap((heir) => made(heir.name)),
  ]
  const classes = new Set(made(owner.name))
  return every
    .filter(({ kind, name }) => kind === 'class' && classes.has(name))
    .flatMap(({ bases }) => every.filter(({ kind, name, isPublished }) => kind === 'interface' && bases.includes(name) && isPublished))
    .flatMap(({ members }) => members.filter(({ name }) => name === member?.name))
}
