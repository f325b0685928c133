import { files, read } from './workspace.ts'

const PAGE = 'docs/reference/errors.md'

/** Every error code of every package has its row on the reference page, and the page has no other. */
export function checkErrorTables(): readonly string[] {
  const tables = files('packages/*/src/*-errors.ts')
  const codes = new Map(
    tables.flatMap((file) => [...read(file).matchAll(/^ {2}(MICRO_[A-Z0-9_]+): /gm)].map(([, code = '']) => [code, file] as const)),
  )
  const page = read(PAGE)
  const listed = new Set([...page.matchAll(/^### `?(MICRO_[A-Z0-9_]+)`?/gm)].map(([, code = '']) => code))
  const sources = files('packages/*/src/**/*.ts')
    .map((file) => read(file))
    .join('\n')
  return [
    ...[...codes]
      .filter(([code]) => !listed.has(code))
      .map(([code, file]) => `${PAGE} lacks ${code} of ${file}: run node tooling/checks/src/write-reference.ts.`),
    ...[...listed]
      .filter((code) => !codes.has(code))
      .map((code) => `${PAGE} has ${code}, which no table has: run node tooling/checks/src/write-reference.ts.`),
    ...[...codes]
      .filter(([code]) => sources.split(`'${code}'`).length < 2)
      .map(([code, file]) => `${file}: nothing throws ${code}: remove it.`),
  ]
}
