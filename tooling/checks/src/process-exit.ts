import { files, read, type Sources } from './workspace.ts'

/** A library never ends the process of the program that uses it. */
export function checkProcessExit(sources: Sources = everySource()): readonly string[] {
  return [...sources].flatMap(([file, text]) =>
    /process\.exit\(/.test(text) ? [`${file} calls process.exit(): throw, or set process.exitCode, and let handles close.`] : [],
  )
}

function everySource(): Sources {
  return new Map(files('packages/*/src/**/*.ts').map((file) => [file, read(file)]))
}
