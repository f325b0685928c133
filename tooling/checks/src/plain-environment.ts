import { delimiter } from 'node:path'

/** Says where packages come from and are kept: stays. */
const REGISTRY = /^npm_config_(registry|cache|cafile|userconfig|globalconfig|store_dir|strict_ssl|(https?_|no_?)?proxy)$/i

/** Set by npm, pnpm and continuous integration, or read by Micro: a person's terminal has none of it. */
const FOREIGN = /^(npm_|pnpm_|micro_|ci$|node$|node_options$|node_env$|node_path$|init_cwd$|vitest|force_color$)/i

/**
 * Environment of a terminal that knows nothing of this repository: no programs of its `node_modules` on PATH, nothing that the tool
 * which runs this stage has set. `first` is a directory put before PATH; `more` is added.
 */
export function plainEnvironment(first?: string, more: { readonly [name: string]: string } = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => REGISTRY.test(name) || !FOREIGN.test(name))
  const path = (process.env.PATH ?? '').split(delimiter).filter((directory) => !directory.includes('node_modules'))
  return { ...Object.fromEntries(own), PATH: [...(first === undefined ? [] : [first]), ...path].join(delimiter), ...more }
}
