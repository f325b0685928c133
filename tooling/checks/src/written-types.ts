import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from './workspace.ts'

const TSC = join(ROOT, 'node_modules/.bin/tsc')
const CONFIG = join(ROOT, 'tooling/checks/declarations.json')

/** Every export of a published package has its type written, so that declarations are made file by file (`isolatedDeclarations`). */
export function checkWrittenTypes(output: string = outputOfTsc()): readonly string[] {
  const untyped = [...output.matchAll(/^(\S+?)\((\d+),\d+\): error TS9\d{3}: (.*)$/gm)].map(
    ([, file = '', line = '', says = '']) => `${file}:${line}: ${says} Write the type of the export.`,
  )
  // What names no file is about the configuration: nothing has been looked at then.
  return [...untyped, ...[...output.matchAll(/^error TS\d+: .*$/gm)].map(([says]) => `tooling/checks/declarations.json: ${says}`)]
}

function outputOfTsc(): string {
  return spawnSync(TSC, ['-p', CONFIG, '--pretty', 'false'], { cwd: ROOT, encoding: 'utf8' }).stdout
}
