/** Where the CLI writes. */
export interface CliOutput {
  print(line: string): void
  complain(line: string): void
  /** Is told what was thrown, before it is explained. */
  failed?(error: unknown): void
}

/** The terminal. */
export const CONSOLE: CliOutput = { print: (line) => console.log(line), complain: (line) => console.error(line) }
