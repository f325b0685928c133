/** A transcript in the documentation, run as it stands there: every command, and what it prints. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './command.ts'
import { must } from './stage.ts'
import { read } from './workspace.ts'

/** A command, and what it prints: a line `…` stands for any lines, `…` within one for any text. */
export interface TranscriptStep {
  readonly command: string
  readonly output: readonly string[]
}

/** The steps in the `console` blocks of a page. */
export function stepsOf(page: string): readonly TranscriptStep[] {
  const steps: { command: string; output: string[] }[] = []
  for (const [, block = ''] of page.matchAll(/^```console\n([\s\S]*?)^```$/gm)) {
    for (const line of block.trimEnd().split('\n')) {
      if (line.startsWith('$ ')) {
        steps.push({ command: line.slice(2), output: [] })
      } else {
        steps.at(-1)?.output.push(line)
      }
    }
  }
  return steps
}

/** Whether a command printed what the transcript says. */
export function isAsWritten(output: readonly string[], printed: string): boolean {
  const lines = printed
    .trim()
    .split('\n')
    .map((line) => line.trimEnd())
  // How many of the lines may have been read, after each line of the transcript.
  let read = new Set([0])
  for (const line of output) {
    if (line === '…') {
      const first = Math.min(...read)
      read = new Set(lines.map((_, at) => at + 1).filter((at) => at >= first)).add(first)
    } else {
      const pattern = new RegExp(`^${line.trimEnd().split('…').map(literally).join('.*')}$`)
      read = new Set([...read].filter((at) => at < lines.length && pattern.test(lines[at] as string)).map((at) => at + 1))
    }
  }
  return read.has(lines.length) || (output.length === 0 && printed.trim() === '')
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

/** Runs the transcript of a page in a directory, which holds nothing yet. Each command must end with 0. @throws Error that shows both outputs. */
export async function runTranscript(page: string, directory: string, env: NodeJS.ProcessEnv): Promise<string> {
  const steps = stepsOf(read(page))
  must(steps.length > 0, `${page} has no transcript`)
  const place = join(directory, '.place')
  let cwd = directory
  for (const { command, output } of steps) {
    const line = `{ ${command}\n} 2>&1 && pwd > ${JSON.stringify(place)}`
    const printed = await run('bash', ['-c', line], { cwd, env, timeoutMs: 180_000 })
    must(isAsWritten(output, printed), `${page}: $ ${command}\n  printed\n${printed}\n  and is written down with\n${output.join('\n')}`)
    cwd = readFileSync(place, 'utf8').trim()
  }
  return `${steps.length} commands`
}
