/** One stage of continuous integration: named checks, each said as it ends, all counted in the last line. */
export class Stage {
  #passed = 0
  #failed = 0
  readonly #started = performance.now()

  /** Runs one check. What it returns is printed as evidence; what it throws is its failure. Says whether it passed. */
  async check(name: string, run: () => unknown): Promise<boolean> {
    const started = performance.now()
    try {
      const evidence = await run()
      this.#passed++
      console.log(`ok    ${name}${typeof evidence === 'string' ? `: ${evidence}` : ''} (${seconds(started)})`)
      return true
    } catch (error) {
      this.#failed++
      console.log(`FAIL  ${name} (${seconds(started)})\n${indented(error instanceof Error ? error.message : String(error))}`)
      return false
    }
  }

  /** Prints the counts and sets the exit code. */
  end(): void {
    console.log(`in ${seconds(this.#started)}`)
    console.log(`${this.#passed} passed, ${this.#failed} failed, 0 skipped`)
    process.exitCode = this.#failed === 0 ? 0 : 1
  }
}

/** @throws Error with `message` where `condition` does not hold. */
export function must(condition: boolean, message: string): asserts condition {
  if (!condition) {
    throw new Error(message)
  }
}

/** @throws Error that shows both where `found` is not `expected`, compared as JSON. */
export function mustEqual(found: unknown, expected: unknown, what: string): void {
  const [one, two] = [JSON.stringify(found), JSON.stringify(expected)]
  must(one === two, `${what}:\n  found    ${one}\n  expected ${two}`)
}

function seconds(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`
}

function indented(text: string): string {
  return text.replace(/^/gm, '      ')
}
