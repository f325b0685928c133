/** Serves examples/hello where there is no Node: by the servers of Bun and Deno, and in workerd. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { visitHello } from './hello-story.ts'
import { plainEnvironment } from './plain-environment.ts'
import { ServerProcess } from './server-process.ts'
import { SiteVisitor } from './site-visitor.ts'
import { must, mustEqual } from './stage.ts'
import { ROOT } from './workspace.ts'

const HELLO = join(ROOT, 'examples/hello')
const SECRET = 'only for this check, and long enough to sign with'
const ENVIRONMENT: NodeJS.ProcessEnv = plainEnvironment(undefined, { MICRO_SECRET_KEY: SECRET, NO_COLOR: '1' })

/** By `Bun.serve`. */
export async function helloOnBun(bun: string, directory: string): Promise<void> {
  const program = join(directory, 'bun-server.ts')
  await writeFile(
    program,
    [
      `import app from ${JSON.stringify(join(HELLO, 'app.ts'))}`,
      "const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: app.fetch })",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a template where it runs.
      'console.log(`Serving on ${server.url}`)',
    ].join('\n'),
  )
  await visit(await ServerProcess.start(bun, ['run', program], { cwd: HELLO, env: ENVIRONMENT }), ({ url }) => visitHello(url))
}

/** By `deno serve`, which takes the default export of a module and its `fetch`. */
export async function helloOnDeno(deno: string): Promise<void> {
  const args = ['serve', '--allow-all', '--host', '127.0.0.1', '--port', '0', 'app.ts']
  const ready = /Listening on (http:\/\/\S+?)\/?\s/
  await visit(await ServerProcess.start(deno, args, { cwd: HELLO, env: ENVIRONMENT, ready }), ({ url }) => visitHello(url))
}

/** As a Worker, in one module: texts and JSON are answered; a template, which needs a file system, is refused by name. */
export async function helloOnWorkerd(workerd: string, directory: string): Promise<void> {
  const bundle = await rolldown({ input: join(HELLO, 'app.ts'), platform: 'node', external: [/^node:/] })
  await bundle.write({ file: join(directory, 'worker.js'), format: 'esm', minify: false })
  await bundle.close()
  const config = join(directory, 'hello.capnp')
  await writeFile(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .hello)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
const hello :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = "2026-07-01",
  compatibilityFlags = ["nodejs_compat"],
  bindings = [(name = "MICRO_SECRET_KEY", text = "${SECRET}")]
);
`,
  )
  const ready = /"event":\s*"listen".*"port":\s*(\d+)/
  const server = await ServerProcess.start(workerd, ['serve', '--control-fd=1', config], { cwd: directory, env: ENVIRONMENT, ready })
  await visit(server, async () => {
    const visitor = new SiteVisitor(server.url)
    mustEqual(await (await visitor.get('/')).text(), 'Hello, World!', '/')
    mustEqual(await (await visitor.get('/square/12')).json(), { n: 144 }, '/square/12')
    mustEqual((await visitor.get('/square/x')).status, 404, '/square/x')
    mustEqual((await visitor.get('/hello/x')).status, 500, '/hello/x')
    must(server.output.includes('MICRO_NO_FILES'), `the log does not say MICRO_NO_FILES:\n${server.output}`)
  })
}

async function visit(server: ServerProcess, use: (server: ServerProcess) => Promise<void>): Promise<void> {
  await use(server).finally(() => server.stop())
}
