/** Serves examples/hello where there is no Node: by the servers of Bun and Deno, and in workerd. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { visitHello } from './hello-story.ts'
import { plainEnvironment } from './plain-environment.ts'
import { ServerProcess } from './server-process.ts'
import { SiteVisitor } from './site-visitor.ts'
import { must, mustEqual } from './stage.ts'
import { serveInWorkerd, WORKER_SECRET } from './workerd.ts'
import { ROOT } from './workspace.ts'

const HELLO = join(ROOT, 'examples/hello')
const ENVIRONMENT: NodeJS.ProcessEnv = plainEnvironment(undefined, { MICRO_SECRET_KEY: WORKER_SECRET, NO_COLOR: '1' })

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

/** By `micro run`, whose command line and server are Node's. `command` is the runtime, and what stands before the path of a program. */
export async function helloByCommand([program, ...first]: readonly [string, ...string[]]): Promise<void> {
  const bin = join(ROOT, 'packages/core/dist/bin.js')
  const server = await ServerProcess.start(program, [...first, bin, 'run', '--port', '0'], { cwd: HELLO, env: ENVIRONMENT })
  await visit(server, ({ url }) => visitHello(url))
}

/** As a Worker, in one module: texts and JSON are answered; a template, which needs a file system, is refused by name. */
export async function helloOnWorkerd(workerd: string, directory: string): Promise<void> {
  const server = await serveInWorkerd(workerd, join(HELLO, 'app.ts'), directory)
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
