/** Modules in workerd: bundled into one, served on a port of their own. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type InputOptions, rolldown } from 'rolldown'
import { plainEnvironment } from './plain-environment.ts'
import { ServerProcess } from './server-process.ts'

/** What every Worker here signs with. */
export const WORKER_SECRET = 'only for this check, and long enough to sign with'

/** Bundles a module whose default export has `fetch`, and serves it as a Worker. `directory` holds what is made for it. */
export async function serveInWorkerd(
  workerd: string,
  input: string,
  directory: string,
  resolve: NonNullable<InputOptions['resolve']> = {},
): Promise<ServerProcess> {
  const bundle = await rolldown({ input, platform: 'node', external: [/^node:/], resolve })
  await bundle.write({ file: join(directory, 'worker.js'), format: 'esm', minify: false, codeSplitting: false })
  await bundle.close()
  const config = join(directory, 'worker.capnp')
  await writeFile(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-07-01",
  compatibilityFlags = ["nodejs_compat"],
  bindings = [(name = "MICRO_SECRET_KEY", text = "${WORKER_SECRET}")]
);
`,
  )
  const ready = /"event":\s*"listen".*"port":\s*(\d+)/
  return ServerProcess.start(workerd, ['serve', '--control-fd=1', config], {
    cwd: directory,
    env: plainEnvironment(undefined, { NO_COLOR: '1' }),
    ready,
  })
}
