import { files, read } from './workspace.ts'

const MOST = 300

/** No source file is longer than 300 lines: one that is owns two ideas. */
export function checkFileSizes(): readonly string[] {
  return files('{packages,tooling}/*/src/**/*.ts').flatMap((file) => {
    const lines = read(file).split('\n').length - 1
    return lines > MOST ? [`${file} has ${lines} lines: split it where its second idea begins (at most ${MOST}).`] : []
  })
}
