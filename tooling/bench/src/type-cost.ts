import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { ROOT } from './workspace.ts'

/** What the compiler says a project cost it. */
export interface TypeCost {
  readonly instantiations: number
  readonly types: number
  readonly checkSeconds: number
  readonly totalSeconds: number
  readonly memoryMb: number
}

/** Type-checks a project. @throws Error with the compiler's messages if it has errors: figures of a broken program say nothing. */
export async function typeCost(directory: string): Promise<TypeCost> {
  const compiler = spawn(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', directory, '--extendedDiagnostics'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  compiler.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const [code] = await once(compiler, 'close')
  const errors = output.split('\n').filter((line) => line.includes('error TS'))
  if (code !== 0 || errors.length > 0) {
    throw new Error(`${directory} does not compile: ${errors.length} errors, the first of them\n${errors.slice(0, 5).join('\n')}`)
  }
  return readDiagnostics(output)
}

/** Reads what `tsc --extendedDiagnostics` prints. @throws Error if a figure is missing. */
export function readDiagnostics(output: string): TypeCost {
  return {
    instantiations: figure(output, 'Instantiations'),
    types: figure(output, 'Types'),
    checkSeconds: figure(output, 'Check time'),
    totalSeconds: figure(output, 'Total time'),
    memoryMb: Math.round(figure(output, 'Memory used') / 1024),
  }
}

function figure(output: string, name: string): number {
  const found = new RegExp(`^${name}: +([\\d.]+)[Ks]?$`, 'm').exec(output)?.[1]
  if (found === undefined) {
    throw new Error(`the compiler prints no '${name}'`)
  }
  return Number(found)
}
