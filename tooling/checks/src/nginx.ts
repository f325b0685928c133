/** nginx by the files of examples/deploying, with ports and places of its own. */
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './command.ts'
import { freePort } from './free-port.ts'
import { plainEnvironment } from './plain-environment.ts'
import { ServerProcess } from './server-process.ts'
import { must } from './stage.ts'
import { read } from './workspace.ts'

/** nginx that runs. */
export interface Nginx {
  readonly server: ServerProcess
  readonly httpPort: number
  readonly httpsPort: number
}

/** Where the app is: a file of examples/deploying/nginx, and the server in it that gives way to `servers`. */
export interface Upstream {
  readonly file: string
  readonly named: string
  readonly servers: readonly string[]
}

/** Installs Debian's nginx where there is none. */
export async function findNginx(): Promise<string> {
  if (!existsSync('/usr/sbin/nginx')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await run('apt-get', ['update', '-qq'], { cwd: '/', env })
    await run('apt-get', ['install', '-qq', '-y', '--no-install-recommends', 'nginx-light'], { cwd: '/', env })
  }
  return '/usr/sbin/nginx'
}

/** Starts it in `directory`, with a certificate made for the moment. */
export async function startNginx(directory: string, { file, named, servers }: Upstream): Promise<Nginx> {
  const program = await findNginx()
  const [httpPort, httpsPort] = [await freePort(), await freePort()]
  await mkdir(directory, { recursive: true })
  await makeCertificate(directory)
  const site = replaced(read('examples/deploying/nginx/guestbook.conf'), [
    ['listen 80;', `listen 127.0.0.1:${httpPort};`],
    ['listen 443 ssl;', `listen 127.0.0.1:${httpsPort} ssl;`],
    ['/etc/nginx/tls/guestbook.pem', join(directory, 'guestbook.pem')],
    ['/etc/nginx/tls/guestbook.key', join(directory, 'guestbook.key')],
  ])
  const upstream = replaced(read(`examples/deploying/nginx/${file}`), [[named, servers.join(' server ')]])
  const main = join(directory, 'nginx.conf')
  await writeFile(main, [...surroundings(directory), 'http {', 'access_log off;', ...temporary(directory), upstream, site, '}'].join('\n'))
  const server = await ServerProcess.start(program, ['-e', 'stderr', '-p', directory, '-c', main], {
    cwd: directory,
    env: plainEnvironment(),
    ready: /(start worker processes)/,
    timeoutMs: 10_000,
  })
  return { server, httpPort, httpsPort }
}

function surroundings(directory: string): string[] {
  return [
    // Its workers may use what whoever runs this may use; only root can say so.
    ...(process.getuid?.() === 0 ? ['user root;'] : []),
    'daemon off;',
    'worker_processes 1;',
    'error_log stderr notice;',
    `pid ${join(directory, 'nginx.pid')};`,
    'events { worker_connections 512; }',
  ]
}

function temporary(directory: string): string[] {
  return ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((what) => `${what}_temp_path ${join(directory, what)};`)
}

/** Each text stands there once. */
function replaced(text: string, pairs: readonly (readonly [from: string, to: string])[]): string {
  return pairs.reduce((before, [from, to]) => {
    must(before.split(from).length === 2, `'${from}' does not stand there once:\n${before}`)
    return before.replace(from, to)
  }, text)
}

async function makeCertificate(directory: string): Promise<void> {
  const [key, certificate] = [join(directory, 'guestbook.key'), join(directory, 'guestbook.pem')]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', '-subj', '/CN=guestbook.example']
  await run('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', certificate], { cwd: directory })
}
