/** One idea, one file: sizes and names of source files. */
import { basename, dirname } from 'node:path'
import { files, read, type Sources } from './workspace.ts'

const MOST = 300
const MEDIAN = 120
/** Names that say nothing of what is inside. */
const EMPTY_NAME = /^(utils?|helpers?|common|libs?|types|internal|misc|shared)$/

/** Fewer files than this need no folder of their own. */
const FOLDER = 3

/** No file is longer than 300 lines, half of a package's are shorter than 120, each is named after what it holds, and a folder holds some. */
export function checkFileSizes(sources: Sources = everySource()): readonly string[] {
  const sizes = [...sources].map(([file, text]) => ({ file, lines: text.split('\n').length - 1 }))
  return [
    ...sizes
      .filter(({ lines }) => lines > MOST)
      .map(({ file, lines }) => `${file} has ${lines} lines: split it where its second idea begins (at most ${MOST}).`),
    ...[...Map.groupBy(sizes, ({ file }) => file.split('/src/')[0] ?? '')].flatMap(([folder, own]) => {
      const median = own.map(({ lines }) => lines).sort((one, other) => one - other)[Math.floor(own.length / 2)] ?? 0
      return median > MEDIAN
        ? [`${folder}/src: half of its files are longer than ${median} lines: split some (median at most ${MEDIAN}).`]
        : []
    }),
    ...[...Map.groupBy(sizes, ({ file }) => dirname(file))]
      .filter(([folder, own]) => /^packages\/\w+\/src\/./.test(folder) && own.length < FOLDER)
      .map(
        ([folder, own]) =>
          `${folder} holds ${own.length} of at least ${FOLDER} files: keep ${own.map(({ file }) => basename(file)).join(' and ')} elsewhere.`,
      ),
    ...sizes.flatMap(({ file }) => {
      const words = file
        .split('/')
        .slice(3)
        .map((part) => basename(part, '.ts'))
      const bad = words.find((word) => EMPTY_NAME.test(word))
      const odd = words.find((word) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(word))
      return [
        ...(bad === undefined ? [] : [`${file}: '${bad}' does not say what is inside: name it after its main export.`]),
        ...(odd === undefined ? [] : [`${file}: write '${odd}' in lower-case words with hyphens.`]),
      ]
    }),
  ]
}

function everySource(): Sources {
  return new Map(files('{packages,tooling}/*/src/**/*.ts').map((file) => [file, read(file)]))
}
