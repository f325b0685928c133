/** Program and arguments that run JavaScript as a module, from source, on the runtime that this process is of. */
export function moduleCommand(code: string, ...nodeFlags: readonly string[]): readonly [program: string, args: readonly string[]] {
  const conditions = '--conditions=@micro/source'
  const { deno } = process.versions as { readonly deno?: string }
  return [
    process.execPath,
    deno === undefined
      ? [conditions, ...nodeFlags, '--input-type=module', '--eval', code]
      : ['eval', conditions, ...(nodeFlags.includes('--expose-gc') ? ['--v8-flags=--expose-gc'] : []), code],
  ]
}
