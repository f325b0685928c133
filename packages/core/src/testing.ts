/** Tools for tests that no app loads by itself. */

export { type CommandResult, runCommand } from './cli/run-command.ts'
export { type CapturedLog, captureLog } from './log/log-capture.ts'
