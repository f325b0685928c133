import { files, read } from './workspace.ts'

/** A library never ends the process of the program that uses it. */
export function checkProcessExit(): readonly string[] {
  return files('packages/*/src/**/*.ts').flatMap((file) =>
    /process\.exit\(/.test(read(file)) ? [`${file} calls process.exit(): throw, or set process.exitCode, and let handles close.`] : [],
  )
}
