/** Colours: for a terminal alone, and only where it wants them (`NO_COLOR`, `FORCE_COLOR`). */
import { styleText } from 'node:util'
import { type CliOutput, CONSOLE } from './cli-output.ts'

/** Text of standard output that stands out. */
export function bold(text: string, output: CliOutput): string {
  return isConsole(output) ? styleText('bold', text, { stream: process.stdout }) : text
}

/** Text of standard error that says what is wrong. */
export function red(text: string, output: CliOutput): string {
  return isConsole(output) ? styleText('red', text, { stream: process.stderr }) : text
}

/** Texts that are kept by somebody else are for programs. */
function isConsole(output: CliOutput): boolean {
  return output === CONSOLE
}
